using System.Net;
using System.Net.Sockets;
using System.Text;
using Isthmus.Exchange.Contracts;
using Isthmus.Testing;

namespace Isthmus.Inbound.Tests.Listeners;

/// <summary>What a sender over HTTP can make a listener hold, and what one that misbehaves gets.</summary>
public sealed class HttpLimitTests(SharedHttpEdge shared) : IClassFixture<SharedHttpEdge>, IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    private readonly RunningEdge edge = shared.Edge;
    private readonly HttpSender sender = new();
    private readonly string id = Results.NewId();

    [Fact]
    public async Task A_chunked_body_is_taken()
    {
        using var content = new ChunkedContent(Encoding.UTF8.GetBytes(Results.Message(id)), 50);

        using var response = await sender.PostAsync(edge, content, HttpSender.MediaType);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(1L, await RowsAsync());
    }

    [Fact]
    public async Task A_body_announced_over_the_limit_is_413_before_a_byte_of_it_came()
    {
        await using var limited = Start(site => site.WithLimits(limits => limits with { MaxFrameBytes = 64 * 1024, SlowSender = TimeSpan.FromHours(1) }));
        using var socket = await Sender.DialAsync(limited.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: {HttpSender.MediaType}\r\nContent-Length: 99999999999\r\nExpect: 100-continue\r\n\r\n"));

        var answer = await ReadToEndAsync(socket);

        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
        Assert.Contains("http.body-too-large", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_turns_out_over_the_limit_is_413_with_an_acknowledgement_that_names_the_message()
    {
        await using var limited = Start(site => site.WithLimits(limits => limits with { MaxFrameBytes = 64 * 1024 }));
        var bytes = Encoding.UTF8.GetBytes(Results.Message(id) + new string('x', 200_000));
        using var content = new ChunkedContent(bytes, 10_000);

        using var response = await sender.PostAsync(limited, content, HttpSender.MediaType);

        var answer = Answer.Of(await response.Content.ReadAsStringAsync());
        Assert.Equal((413, "AR", id, "http.body-too-large"), ((int)response.StatusCode, answer.Code, answer.ControlId, answer.Rule));
        using var next = await sender.PostAsync(limited, Results.Message(Results.NewId()));
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Fact]
    public async Task A_body_of_exactly_the_limit_is_taken()
    {
        await using var limited = Start(site => site.WithLimits(limits => limits with { MaxFrameBytes = 4096 }));
        var message = Results.Message(id);
        message += $"NTE|1||{new string('x', 4096 - message.Length - "NTE|1||".Length)}";
        Assert.Equal(4096, message.Length);

        using var response = await sender.PostAsync(limited, message);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Half_sent_bodies_hold_no_more_than_the_listener_has()
    {
        const int Whole = 1 << 20;
        await using var small = Start(site => site.WithLimits(limits => limits with { MaxFrameBytes = Whole, MemoryBytes = 4 * Whole, SlowSender = TimeSpan.FromSeconds(20) }));
        var halves = new List<Socket>();
        for (var i = 0; i < 12; i++)
        {
            halves.Add(await HalfSentAsync(small, Whole, 3 * Whole / 4));
        }

        try
        {
            await Eventually.Within(Soon, "a further large body is refused", async () =>
            {
                using var refused = await sender.PostAsync(small, Results.Message(Results.NewId()) + new string('x', 3 * Whole / 4));
                return refused.StatusCode == HttpStatusCode.ServiceUnavailable
                    && Answer.Of(await refused.Content.ReadAsStringAsync()).Rule == "http.listener-full";
            });
        }
        finally
        {
            halves.ForEach(half => half.Close(timeout: 0));
        }

        await Eventually.Within(Soon, "there is room again", async () =>
        {
            using var taken = await sender.PostAsync(small, Results.Message(Results.NewId()) + new string('x', 3 * Whole / 4));
            return taken.StatusCode == HttpStatusCode.OK;
        });
    }

    [Fact]
    public async Task A_sender_that_dribbles_its_body_is_told_so_and_closed()
    {
        await using var impatient = Start(site => site.WithLimits(limits => limits with { SlowSender = TimeSpan.FromMilliseconds(400) }));
        using var half = await HalfSentAsync(impatient, 1000, 100);

        var answer = await ReadToEndAsync(half);

        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Contains("http.sender-too-slow", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_cut_off_leaves_nothing_behind()
    {
        using (var half = await HalfSentAsync(edge, 1000, 700))
        {
            half.Close(timeout: 0);
        }

        using var next = await sender.PostAsync(edge, Results.Message(Results.NewId()));
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
        Assert.Equal(0L, await RowsAsync());
    }

    [Theory]
    [InlineData("X-Filling: 1\r\n", 100)]
    [InlineData("X-Filling: 111111111111111111111111111111111111111111111111111111111111111111111111\r\n", 400)]
    [InlineData("no header at all\r\n", 1)]
    [InlineData("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", 1)]
    public async Task Headers_beyond_reason_are_refused(string headers, int times)
    {
        using var socket = await Sender.DialAsync(edge.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: {HttpSender.MediaType}\r\n{string.Concat(Enumerable.Repeat(headers, times))}\r\n"));

        var answer = await ReadToEndAsync(socket);

        Assert.Matches("^HTTP/1.1 4(00|31|11)", answer);
        using var next = await sender.PostAsync(edge, Results.Message(Results.NewId()));
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Fact]
    public async Task A_message_of_two_lengths_is_refused_by_the_guard_and_what_hides_in_it_is_not_heard()
    {
        using var socket = await Sender.DialAsync(edge.Port);
        var hidden = Results.Message(id);
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: {HttpSender.MediaType}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            + $"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: {HttpSender.MediaType}\r\nContent-Length: {hidden.Length}\r\n\r\n{hidden}"));

        var answer = await ReadToEndAsync(socket);

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("http.two-lengths", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("MSA", answer, StringComparison.Ordinal);
        Assert.Equal(0L, await RowsAsync());
    }

    [Fact]
    public async Task An_MLLP_frame_on_an_HTTP_listener_is_refused()
    {
        using var socket = await Sender.DialAsync(edge.Port);
        await socket.SendAsync(Sender.Frame(Results.Message(id).Replace('\r', '\n')));

        Assert.StartsWith("HTTP/1.1 400", await ReadToEndAsync(socket), StringComparison.Ordinal);
        Assert.Equal(0L, await RowsAsync());
    }

    [Fact]
    public async Task More_connections_than_allowed_are_closed_and_the_others_go_on()
    {
        await using var small = Start(site => site.WithLimits(limits => limits with { MaxConnections = 2 }));
        using var one = await HalfSentAsync(small, 1000, 10);
        using var two = await HalfSentAsync(small, 1000, 10);

        // The two are counted once the server has accepted them; from then on a third is cut. One that came before must not stay.
        await Eventually.Within(Soon, "a third is closed", async () =>
        {
            using var hasty = new HttpSender();
            try
            {
                using var third = await hasty.PostAsync(small, Results.Message(Results.NewId()));
                return false;
            }
            catch (HttpRequestException)
            {
                return true;
            }
        });

        await Eventually.Within(Soon, "it is logged", () => small.Logs.Lines.Any(line => line.Contains("http.too-many-connections", StringComparison.Ordinal)));
        one.Close(timeout: 0);
        await Eventually.Within(Soon, "a place is free again", async () =>
        {
            try
            {
                using var taken = await sender.PostAsync(small, Results.Message(Results.NewId()));
                return taken.StatusCode == HttpStatusCode.OK;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
    }

    [Fact]
    public async Task Draining_answers_what_was_taken_in_and_then_closes()
    {
        await using var store = await RunningEdge.NewStoreAsync();
        await using var draining = RunningEdge.Start(store, site => site.OverHttp());
        var message = Encoding.UTF8.GetBytes(Results.Message(id));
        using var socket = await HalfSentAsync(draining, message.Length, 0);
        using (var warm = await sender.PostAsync(draining, Results.Message(Results.NewId())))
        {
            Assert.Equal(HttpStatusCode.OK, warm.StatusCode);
        }

        var drained = draining.DrainAsync();
        await socket.SendAsync(message);
        var answer = await ReadToEndAsync(socket);
        await drained.WaitAsync(Soon);

        Assert.Contains($"MSA|AA|{id}", answer, StringComparison.Ordinal);
        await Assert.ThrowsAsync<HttpRequestException>(() => sender.PostAsync(draining, Results.Message(Results.NewId())));
    }

    public void Dispose() => sender.Dispose();

    private RunningEdge Start(Func<SiteModel, SiteModel> change) => RunningEdge.Start(shared.Edge.Store, site => change(site.OverHttp()));

    private Task<long> RowsAsync() => edge.AskAsync<long>($"SELECT count(*) FROM exchange.journal WHERE control_id = '{id}'");

    /// <summary>A request of which only the beginning of the body was sent.</summary>
    private async Task<Socket> HalfSentAsync(RunningEdge to, int length, int sent)
    {
        var socket = await Sender.DialAsync(to.Port);
        var body = Results.Message(id) + new string('x', Math.Max(0, sent));
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: {HttpSender.MediaType}\r\nContent-Length: {length}\r\n\r\n{body[..sent]}"));
        return socket;
    }

    private static async Task<string> ReadToEndAsync(Socket socket)
    {
        using var limit = new CancellationTokenSource(Soon);
        var text = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer, limit.Token) is > 0 and var read)
            {
                text.Append(Encoding.UTF8.GetString(buffer, 0, read));
            }
        }
        catch (SocketException)
        {
            // Cut: what came before counts.
        }

        return text.ToString();
    }

    /// <summary>A body of unknown length, in pieces.</summary>
    private sealed class ChunkedContent(byte[] bytes, int piece) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            for (var at = 0; at < bytes.Length; at += piece)
            {
                await stream.WriteAsync(bytes.AsMemory(at, Math.Min(piece, bytes.Length - at)));
                await stream.FlushAsync();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
