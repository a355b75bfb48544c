using System.Diagnostics;
using System.Text;
using Isthmus.Inbound.Admission;
using Isthmus.Testing;

namespace Isthmus.Inbound.Tests.Admission;

/// <summary>JSON that costs much or that two readers would read in two ways reaches no handler, whichever route it is sent to.</summary>
public sealed class HostileBodyTests(DoorStore store) : IClassFixture<DoorStore>
{
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(100);

    public static TheoryData<string, string> Ambiguous => new()
    {
        { "json.name-repeated", """{"resourceType":"Patient","resourceType":"Observation"}""" },
        { "json.name-repeated", """{"a":{"b":1,"\u0062":2}}""" },
        { "json.surrogate-alone", """{"a":"\ud800"}""" },
        { "json.nul", """{"a":"x\u0000y"}""" },
        { "json.malformed", "\ufeff{}" },
        { "json.malformed", """{"a":NaN}""" },
        { "json.malformed", """{"a":1}{"a":2}""" },
        { "json.malformed", "" },
    };

    [Theory, HostileRow("D06", "D08")]
    [MemberData(nameof(Ambiguous))]
    public async Task What_readers_would_read_in_two_ways_is_a_bad_request(string rule, string json)
    {
        foreach (var form in (RefusalForm[])[RefusalForm.Problem, RefusalForm.Fhir])
        {
            await using var door = new Doorway(store, form: form);

            var answer = await door.AskAsync(Doorway.Message(body: json));

            Assert.True(answer.Status == 400 && answer.Says(rule), answer.Body);
            Assert.Equal(0, door.Handled);
        }
    }

    [Fact, HostileRow("D08")]
    public async Task Bytes_that_are_no_UTF_8_are_a_bad_request_whatever_charset_is_named()
    {
        await using var door = new Doorway(store);
        foreach (var (charset, bytes) in ((string, byte[])[])[("", [.. "{\"a\":\""u8, 0xC0, 0xAE, .. "\"}"u8]), ("; charset=utf-16", Encoding.Unicode.GetBytes("{}")), ("; charset=iso-8859-1", [.. "{\"a\":\""u8, 0xE9, .. "\"}"u8])])
        {
            var call = Doorway.Message();
            call.Request.Body = new MemoryStream(bytes);
            call.Request.ContentLength = bytes.Length;
            call.Request.ContentType = "application/json" + charset;

            Assert.True((await door.AskAsync(call)) is { Status: 400 } answer && answer.Says(charset.Contains("16", StringComparison.Ordinal) ? "json.malformed" : "json.not-utf8"));
        }
    }

    /// <summary>A decimal of FHIR is text that is kept; what reads numbers elsewhere would make infinity of it.</summary>
    [Theory, HostileRow("D08")]
    [InlineData(RefusalForm.Problem, "1e999", 400)]
    [InlineData(RefusalForm.Fhir, "1e999", 200)]
    [InlineData(RefusalForm.Problem, "-0", 200)]
    [InlineData(RefusalForm.Fhir, "-0", 200)]
    [InlineData(RefusalForm.Fhir, "0.10000000000000000000000000000000000000001", 200)]
    public async Task A_number_is_refused_or_handed_on_as_it_stands(RefusalForm form, string number, int status)
    {
        await using var door = new Doorway(store, form: form);

        var answer = await door.AskAsync(Doorway.Message(body: $$"""{"a":{{number}}}"""));

        Assert.Equal(status, answer.Status);
        Assert.All(door.Seen, seen => Assert.Equal($$"""{"a":{{number}}}""", Encoding.UTF8.GetString(seen.Body.Reveal().Span)));
    }

    [Theory, HostileRow("D05")]
    [InlineData(RefusalForm.Problem, "json.too-deep", 32)]
    [InlineData(RefusalForm.Fhir, "json.too-deep", 64)]
    public async Task Nesting_has_a_bound_and_no_stack_is_filled(RefusalForm form, string rule, int most)
    {
        await using var door = new Doorway(store, form: form);

        Assert.Equal(200, (await door.AskAsync(Doorway.Message("fits", Nested(most)))).Status);
        Assert.True((await door.AskAsync(Doorway.Message("deeper", Nested(most + 1)))).Says(rule));
        Assert.True((await door.AskAsync(Doorway.Message("open", new string('[', 60_000)))).Says(rule));
    }

    [Fact, HostileRow("D05")]
    public async Task What_costs_much_is_refused_at_once()
    {
        await using var door = new Doorway(store);
        string[] costly =
        [
            new('[', 60_000),
            $"[\"{new string('x', 65_000)}",
            $"{{{string.Join(',', Enumerable.Range(0, 6_000).Select(i => $"\"k{i}\":1"))},\"k0\":1}}",
            $"[{string.Join(',', Enumerable.Repeat("{}", 20_000))}",
            $"{{\"{string.Concat(Enumerable.Repeat("\\u0061", 10_000))}\":1}}",
        ];
        foreach (var json in costly)
        {
            // The best of some: the machine may be busy with others.
            var best = TimeSpan.MaxValue;
            for (var round = 0; round < 5 && best > Quick; round++)
            {
                var began = Stopwatch.GetTimestamp();
                Assert.Equal(400, (await door.AskAsync(Doorway.Message(body: json))).Status);
                best = TimeSpan.FromTicks(Math.Min(best.Ticks, Stopwatch.GetElapsedTime(began).Ticks));
            }

            Assert.InRange(best, TimeSpan.Zero, Quick);
        }

        Assert.Equal(0, door.Handled);
    }

    private static string Nested(int depth) => new string('[', depth) + new string(']', depth);
}
