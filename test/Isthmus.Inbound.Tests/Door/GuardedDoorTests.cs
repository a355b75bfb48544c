using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net.Sockets;
using System.Text;
using Isthmus.Inbound.Tests.Framing;
using Isthmus.Testing;

namespace Isthmus.Inbound.Tests.Door;

/// <summary>The guard in front of the server: every refused request gets one answer, and nothing behind it is heard.</summary>
public sealed class GuardedDoorTests : IAsyncLifetime
{
    private const string Next = "GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

    private RunningDoor door = null!;

    public static TheoryData<string> Refused => [.. FramingCases.All.Where(c => c.Rule is not null).Select(c => c.Name)];

    public static TheoryData<string> Sound => [.. FramingCases.All.Where(c => c.Rule is null).Select(c => c.Name)];

    public Task InitializeAsync()
    {
        door = RunningDoor.Start();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await door.DisposeAsync();

    [Theory, HostileRow("C01", "C06", "C11", "C12")]
    [MemberData(nameof(Refused))]
    public async Task A_refused_request_gets_one_answer_and_what_follows_it_none(string name)
    {
        var (_, wire, rule) = FramingCases.All.Single(c => c.Name == name);
        var before = wire.StartsWith("GET /a HTTP", StringComparison.Ordinal) || name.Contains("behind chunks", StringComparison.Ordinal) ? 1 : 0;

        var answer = await door.AskAsync(wire + Next);

        var statuses = Wires.Statuses(answer);
        Assert.Equal(before + 1, statuses.Length);
        Assert.All(statuses[..before], status => Assert.Equal(200, status));
        Assert.InRange(statuses[^1], 400, 505);
        Assert.Contains($"\"type\":\"{rule}\"", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Type: application/problem+json\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(before, door.Seen.Count);
    }

    [Theory]
    [MemberData(nameof(Sound))]
    public async Task A_sound_request_is_answered_and_the_next_one_too(string name)
    {
        var (_, wire, _) = FramingCases.All.Single(c => c.Name == name);
        var count = name == "two requests at once" ? 2 : 1;
        var isLast = wire.Contains("HTTP/1.0", StringComparison.Ordinal) || wire.Contains("Connection: close", StringComparison.Ordinal);

        var statuses = Wires.Statuses(await door.AskAsync(wire + Next));

        Assert.Equal(Enumerable.Repeat(200, isLast ? count : count + 1), statuses.Where(status => status != 100));
        Assert.Equal(statuses.Count(status => status == 200), door.Seen.Count);
    }

    [Theory]
    [InlineData("3\r\nabcX")]
    [InlineData("FFFFFFFFFFFFFFFFF\r\n")]
    [InlineData("0\r\nX: y\r\n\r\n")]
    public async Task Chunks_that_break_after_the_answer_give_no_second_one(string chunks)
    {
        var answer = await door.AskAsync($"POST {RunningDoor.Hasty} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}{Next}");

        Assert.Equal([200], Wires.Statuses(answer));
        Assert.Single(door.Seen);
    }

    [Fact]
    public async Task Requests_and_bodies_in_any_pieces_are_answered_in_order()
    {
        var wire = Encoding.ASCII.GetBytes(
            "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12345POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n" + Next);
        for (var size = 1; size <= wire.Length; size = (size * 2) + 1)
        {
            using var socket = await Sender.DialAsync(door.Port);
            socket.NoDelay = true;
            foreach (var piece in wire.Chunk(size))
            {
                await socket.SendAsync(piece);
                await Task.Yield();
            }

            var answers = await Wires.ReadToEndAsync(socket);
            Assert.Equal([200, 200, 200, 200], Wires.Statuses(answers));
        }

        Assert.All(door.Seen.Chunk(4), round => Assert.Equal(
            ["GET /1 0", "POST /2 5", "POST /3 5", "GET /next 0"], round.Select(line => string.Join(' ', line.Split(' ')[..3]))));
    }

    [Theory, HostileRow("D01", "D02")]
    [InlineData(413, "http.body-too-large", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n")]
    [InlineData(414, "http.request-line-too-long", "GET /{9216} HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(431, "http.headers-too-large", "GET / HTTP/1.1\r\nHost: a\r\nX: {33792}\r\n\r\n")]
    [InlineData(405, "http.method-refused", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(505, "http.version-refused", "GET / HTTP/2.0\r\nHost: a\r\n\r\n")]
    public async Task The_status_says_what_was_too_much(int status, string rule, string wire)
    {
        var filled = System.Text.RegularExpressions.Regex.Replace(
            wire, @"\{(\d+)\}", m => new string('a', int.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)), System.Text.RegularExpressions.RegexOptions.NonBacktracking);

        var answer = await door.AskAsync(filled);

        Assert.Equal([status], Wires.Statuses(answer));
        Assert.Contains(rule, answer, StringComparison.Ordinal);
        Assert.Equal(status == 405, answer.Contains("\r\nAllow: GET, HEAD, POST, PUT, PATCH, DELETE\r\n", StringComparison.Ordinal));
    }

    [Fact, HostileRow("D02")]
    public async Task More_than_100_header_fields_are_431()
    {
        var answer = await door.AskAsync($"GET / HTTP/1.1\r\nHost: a\r\n{string.Concat(Enumerable.Range(1, 100).Select(i => $"X-{i}: a\r\n"))}\r\n");

        Assert.Equal([431], Wires.Statuses(answer));
        Assert.Contains("http.headers-too-many", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(415, "http.content-encoding-unsupported", "Content-Encoding: gzip\r\n")]
    [InlineData(415, "http.content-encoding-unsupported", "Content-Encoding: identity\r\nContent-Encoding: br\r\n")]
    [InlineData(400, "http.header-repeated", "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n")]
    [InlineData(400, "http.header-repeated", "Content-Type: text/plain\r\ncontent-type: application/json\r\n")]
    [InlineData(400, "http.header-repeated", "Idempotency-Key: a\r\nIdempotency-Key: b\r\n")]
    public async Task No_handler_sees_a_compressed_body_or_a_field_that_decides_twice(int status, string rule, string fields)
    {
        var answer = await door.AskAsync($"POST / HTTP/1.1\r\nHost: a\r\n{fields}Content-Length: 3\r\n\r\nabc");

        Assert.Equal([status], Wires.Statuses(answer));
        Assert.Contains(rule, answer, StringComparison.Ordinal);
        Assert.Empty(door.Seen);
    }

    [Fact, HostileRow("C17")]
    public async Task What_is_answered_is_kept_by_nobody_in_between()
    {
        var answer = await door.AskAsync(Next);

        Assert.Contains("\r\nCache-Control: no-store\r\n", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("\r\nServer:", answer, StringComparison.Ordinal);
    }

    /// <summary>RFC 9110 section 10.1.1: the client may now send the body or another request, and nobody can tell which of them it is.</summary>
    [Fact]
    public async Task Whoever_waits_to_be_asked_for_a_body_that_is_refused_is_not_heard_any_more()
    {
        var answer = await door.AskAsync($"POST {RunningDoor.Refusing} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n{Next}");

        Assert.Equal([401], Wires.Statuses(answer));
        Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
        Assert.Single(door.Seen);
    }

    [Fact]
    public async Task A_refused_body_that_was_sent_is_passed_over_and_the_next_request_is_answered()
    {
        var answer = await door.AskAsync($"POST {RunningDoor.Refusing} HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n0123456789{Next}");

        Assert.Equal([401, 200], Wires.Statuses(answer));
        Assert.Equal(["POST /refusing", "GET /next"], door.Seen.Select(line => string.Join(' ', line.Split(' ')[..2])));
    }

    [Fact]
    public async Task An_answer_to_a_refused_HEAD_has_no_body()
    {
        var answer = await door.AskAsync("HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\n");

        Assert.Equal([400], Wires.Statuses(answer));
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Content-Length: 100\r\n\r\nhalf of it")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nff\r\nhalf of it")]
    public async Task Half_a_body_is_counted_as_cut_off_and_no_handler_takes_it_for_the_whole(string half)
    {
        using var counted = new CountedRules();
        var seen = door.Seen.Count;
        using var socket = await Sender.DialAsync(door.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"POST /half HTTP/1.1\r\nHost: a\r\n{half}"));
        socket.Shutdown(SocketShutdown.Send);

        var answer = await Wires.ReadToEndAsync(socket);

        // Whoever ended it hears no answer any more.
        Assert.Empty(answer);
        await Eventually.Within(TimeSpan.FromSeconds(10), "it is counted", () => counted.Rules.Contains("http.body-cut-off"));
        Assert.Equal(seen, door.Seen.Count);
    }

    [Fact, HostileRow("D01")]
    public async Task Chunks_without_end_are_413_at_the_limit_and_are_not_kept()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var socket = await Sender.DialAsync(door.Port);
        await socket.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray());
        var chunk = Encoding.ASCII.GetBytes($"10000\r\n{new string('x', 65536)}\r\n");
        var reading = Wires.ReadToEndAsync(socket);
        var sent = 0;
        try
        {
            while (!reading.IsCompleted && sent < 64 << 20)
            {
                sent += await socket.SendAsync(chunk);
            }
        }
        catch (SocketException)
        {
            // Closed.
        }

        var answer = await reading;

        Assert.Equal([413], Wires.Statuses(answer));
        Assert.Contains("http.body-too-large", answer, StringComparison.Ordinal);
        Assert.True(sent < 64 << 20, "the connection was closed");
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 64 << 20);
    }

    /// <summary>The rules that the zone counts refusals by.</summary>
    private sealed class CountedRules : IDisposable
    {
        private readonly MeterListener listener = new();

        public CountedRules()
        {
            listener.InstrumentPublished = (instrument, to) =>
            {
                if (instrument.Name == "isthmus.inbound.refused")
                {
                    to.EnableMeasurementEvents(instrument);
                }
            };
            listener.SetMeasurementEventCallback<long>((_, _, labels, _) => Rules.Enqueue((string)labels[0].Value!));
            listener.Start();
        }

        public ConcurrentQueue<string> Rules { get; } = new();

        public void Dispose() => listener.Dispose();
    }
}
