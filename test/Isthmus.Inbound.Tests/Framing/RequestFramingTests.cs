using System.Text;
using Isthmus.Inbound.Listeners.Framing;

namespace Isthmus.Inbound.Tests.Framing;

/// <summary>What the guard lets through, in whatever pieces it comes.</summary>
public sealed class RequestFramingTests
{
    public static TheoryData<string> Names => [.. FramingCases.All.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_request_is_judged_alike_at_every_split(string name)
    {
        var (_, wire, rule) = FramingCases.All.Single(c => c.Name == name);
        var bytes = FramingCases.Bytes(wire);
        var whole = Judge(bytes);
        Assert.Equal(rule, whole.Rule);

        for (var at = 0; at <= bytes.Length; at++)
        {
            Assert.Equal(whole, Judge(bytes[..at], bytes[at..]));
        }

        Assert.Equal(whole, Judge([.. bytes.Select(b => new[] { b })]));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_sound_passes_whole_and_of_a_refused_head_nothing(string name)
    {
        var (_, wire, rule) = FramingCases.All.Single(c => c.Name == name);
        using var framing = new RequestFraming(new FramingLimits());

        framing.Judge(FramingCases.Bytes(wire));

        if (rule is null && !framing.IsOver)
        {
            Assert.Equal(wire.Length, framing.Passed);
        }
        else if (framing.IsUnanswered && !name.Contains("behind", StringComparison.Ordinal))
        {
            Assert.Equal(0, framing.Passed);
        }
        else
        {
            Assert.InRange(framing.Passed, 1, wire.Length);
        }
    }

    [Theory]
    [InlineData(8 * 1024, null)]
    [InlineData((8 * 1024) + 1, "http.request-line-too-long")]
    [InlineData(9 * 1024, "http.request-line-too-long")]
    public void A_request_line_may_have_8_KiB(int length, string? rule)
    {
        var line = $"GET /{new string('a', length - "GET / HTTP/1.1".Length)} HTTP/1.1";

        Assert.Equal(rule, Judge(FramingCases.Bytes($"{line}\r\nHost: a\r\n\r\n")).Rule);
    }

    [Theory]
    [InlineData(32 * 1024, null)]
    [InlineData((32 * 1024) + 1, "http.headers-too-large")]
    [InlineData(33 * 1024, "http.headers-too-large")]
    public void Header_fields_may_have_32_KiB_together(int length, string? rule)
    {
        var filling = new string('a', length - "Host: a\r\nX: \r\n".Length);

        Assert.Equal(rule, Judge(FramingCases.Bytes($"GET / HTTP/1.1\r\nHost: a\r\nX: {filling}\r\n\r\n")).Rule);
    }

    [Theory]
    [InlineData(100, null)]
    [InlineData(101, "http.headers-too-many")]
    public void There_may_be_100_header_fields(int count, string? rule)
    {
        var fields = string.Concat(Enumerable.Range(1, count - 1).Select(i => $"X-{i}: a\r\n"));

        Assert.Equal(rule, Judge(FramingCases.Bytes($"GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n")).Rule);
    }

    [Theory]
    [InlineData("Content-Length: 10\r\n\r\n0123456789", null)]
    [InlineData("Content-Length: 11\r\n\r\n", "http.body-too-large")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n", null)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n6\r\n", "http.body-too-large")]
    public void A_body_over_the_limit_ends_before_it_is_sent(string rest, string? rule)
    {
        using var framing = new RequestFraming(new FramingLimits { BodyBytes = 10 });

        framing.Judge(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: a\r\n{rest}"));

        Assert.Equal(rule, framing.Refusal?.Refusal.Id);
    }

    [Fact]
    public void A_line_without_end_is_not_kept_beyond_its_limit()
    {
        using var framing = new RequestFraming(new FramingLimits());
        var flood = Enumerable.Repeat((byte)'a', 4096).ToArray();

        for (var i = 0; i < 3; i++)
        {
            framing.Judge(flood);
        }

        Assert.Equal((414, 0L), (framing.Refusal?.Status, framing.Passed));
    }

    [Fact]
    public void An_ordinary_request_allocates_nothing()
    {
        using var framing = new RequestFraming(new FramingLimits());
        var request = FramingCases.Bytes("GET /fhir/Patient/1?_format=json HTTP/1.1\r\nHost: a.example\r\nAuthorization: Bearer abc\r\nAccept: */*\r\n\r\n");
        framing.Judge(request);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            framing.Judge(request);
        }

        Assert.Equal((0L, 1001L * request.Length), (GC.GetAllocatedBytesForCurrentThread() - before, framing.Passed));
    }

    private static (long Passed, string? Rule, bool IsUnanswered, bool IsOver) Judge(params byte[][] pieces)
    {
        using var framing = new RequestFraming(new FramingLimits());
        foreach (var piece in pieces)
        {
            framing.Judge(piece);
        }

        return (framing.Passed, framing.Refusal?.Refusal.Id, framing.IsUnanswered, framing.IsOver);
    }
}
