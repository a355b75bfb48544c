using System.Diagnostics;
using System.Text;
using Isthmus.Inbound.Listeners.Http;
using Isthmus.Testing;

namespace Isthmus.Inbound.Tests.Door;

public sealed class StrictJsonTests
{
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(100);

    [Theory]
    [InlineData("""{"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}],"d":"\ud83d\ude00 \" \\","e":-0,"f":1.5e300,"A":true}""")]
    [InlineData("[]")]
    [InlineData("\"\"")]
    public void A_plain_document_passes(string json) => Assert.Null(Rule(json));

    [Theory, HostileRow("D06", "D08")]
    [InlineData("""{"a":1,"a":2}""", "json.name-repeated")]
    [InlineData("""{"a":1,"\u0061":2}""", "json.name-repeated")]
    [InlineData("""[{"x":{"resourceType":"A","y":[],"resourceType":"B"}}]""", "json.name-repeated")]
    [InlineData("""{"a":"\ud800"}""", "json.surrogate-alone")]
    [InlineData("""{"a":"\ud800x\udc00"}""", "json.surrogate-alone")]
    [InlineData("""{"a":"\udc00\ud800"}""", "json.surrogate-alone")]
    [InlineData("""{"\udfff":1}""", "json.surrogate-alone")]
    [InlineData("""{"a":"x\u0000"}""", "json.nul")]
    [InlineData("""{"a":1e999}""", "json.number-unbounded")]
    [InlineData("""{"a":123456789012345678901234567890123}""", "json.number-unbounded")]
    [InlineData("""{"a":01}""", "json.malformed")]
    [InlineData("""{"a":NaN}""", "json.malformed")]
    [InlineData("""{"a":1,}""", "json.malformed")]
    [InlineData("""{"a":1} {"b":2}""", "json.malformed")]
    [InlineData("""{"a":1}//""", "json.malformed")]
    [InlineData("{\"a\":\"\n\"}", "json.malformed")]
    [InlineData("{\"a\":\"\0\"}", "json.malformed")]
    [InlineData("\ufeff{}", "json.malformed")]
    [InlineData("", "json.malformed")]
    public void What_readers_would_read_in_two_ways_is_refused(string json, string rule) => Assert.Equal(rule, Rule(json));

    [Theory]
    [InlineData(32, null)]
    [InlineData(33, "json.too-deep")]
    public void A_document_may_be_32_deep(int depth, string? rule) => Assert.Equal(rule, Rule(new string('[', depth) + new string(']', depth)));

    [Fact, HostileRow("D08")]
    public void Bytes_that_are_no_UTF_8_are_refused()
    {
        Assert.Equal("json.not-utf8", Rule([.. "{\"a\":\""u8, 0xC0, 0xAE, .. "\"}"u8]));
        Assert.Equal("json.not-utf8", Rule([.. "{\"a\":\""u8, 0xED, 0xA0, 0x80, .. "\"}"u8]));
    }

    [Fact, HostileRow("D05")]
    public void What_costs_much_is_refused_at_once()
    {
        Timed("json.too-deep", new string('[', 100_000));
        Timed("json.too-deep", string.Concat(Enumerable.Repeat("{\"a\":", 100_000)));
        Timed("json.text-too-long", $"[\"{new string('x', 900_000)}\"]");
        Timed("json.too-large", $"[\"{new string('x', 10_000_000)}\"]");
        Timed("json.too-many-names", $"{{{string.Join(',', Enumerable.Range(0, 60_000).Select(i => $"\"k{i}\":1"))}}}");
        Timed("json.text-too-long", $"{{\"{new string('n', 300)}\":1}}");

        static void Timed(string rule, string json)
        {
            var bytes = Encoding.UTF8.GetBytes(json);
            _ = StrictJson.Check(bytes);
            var began = Stopwatch.GetTimestamp();
            Assert.Equal(rule, Rule(bytes));
            Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, Quick);
        }
    }

    private static string? Rule(string json) => Rule(Encoding.UTF8.GetBytes(json));

    private static string? Rule(byte[] json) => StrictJson.Check(json)?.Id;
}
