using System.Net.Sockets;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Testing;

namespace Isthmus.Inbound.Tests.Listeners;

/// <summary>How one listener lives with many connections, and with those that misbehave.</summary>
public sealed class ConnectionTests(SharedEdge shared) : IClassFixture<SharedEdge>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    private readonly RunningEdge edge = shared.Edge;

    [Fact]
    public async Task Pipelined_frames_are_answered_in_order()
    {
        await using var sender = await edge.ConnectAsync();
        var ids = Enumerable.Range(0, 600).Select(_ => Results.NewId()).ToArray();

        // Some are refused at once while others wait for the disk: the order is that of the frames all the same.
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < ids.Length; i++)
            {
                await sender.SendAsync(Results.Message(ids[i], version: i % 3 == 0 ? "9.9" : "2.5.1", patient: $"P{i % 7}"));
            }
        });
        for (var i = 0; i < ids.Length; i++)
        {
            var answer = await sender.ReceiveAsync();
            Assert.Equal((ids[i], i % 3 == 0 ? "AR" : "AA"), (answer.ControlId, answer.Code));
        }

        await sending;
    }

    [Fact]
    public async Task Messages_of_one_patient_are_journalled_in_the_order_in_which_they_came()
    {
        await using var sender = await edge.ConnectAsync();
        var ids = Enumerable.Range(0, 200).Select(_ => Results.NewId()).ToArray();
        foreach (var id in ids)
        {
            await sender.SendAsync(Results.Message(id, patient: "ORDERED"));
        }

        var journalled = new List<long>();
        foreach (var _ in ids)
        {
            journalled.Add(long.Parse((await sender.ReceiveAsync()).OwnId, System.Globalization.CultureInfo.InvariantCulture));
        }

        Assert.Equal(journalled.Order(), journalled);
    }

    [Fact]
    public async Task Many_connections_are_served_at_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 150).Select(async _ =>
        {
            await using var sender = await edge.ConnectAsync();
            for (var i = 0; i < 4; i++)
            {
                var id = Results.NewId();
                var answer = await sender.AskAsync(Results.Message(id, patient: id));
                Assert.Equal(("AA", id), (answer.Code, answer.ControlId));
            }
        }));
    }

    [Fact]
    public async Task The_row_is_there_when_the_acknowledgement_arrives()
    {
        await using var sender = await edge.ConnectAsync();
        for (var i = 0; i < 20; i++)
        {
            var answer = await sender.AskAsync(Results.Message(Results.NewId()));
            Assert.Equal(1L, await edge.AskAsync<long>($"SELECT count(*) FROM exchange.journal JOIN exchange.inbox USING (id) WHERE id = {answer.OwnId}"));
        }
    }

    [Fact]
    public void A_listener_whose_address_is_taken_says_which_one_it_is()
    {
        var refused = Assert.Throws<RefusalException>(() =>
            RunningEdge.Start(edge.Store, site => site.WithListener(listener => listener with { Port = edge.Port })));

        Assert.Equal("mllp.cannot-listen", refused.Refusal.Id);
        Assert.Contains($"Listener lab cannot listen on 127.0.0.1:{edge.Port}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_frame_over_the_limit_is_answered_AR_with_its_control_id_and_the_connection_lives_on()
    {
        await using var limited = Start(limits => limits with { MaxFrameBytes = 64 * 1024 });
        await using var sender = await limited.ConnectAsync();
        var id = Results.NewId();
        var filling = new byte[1024 * 1024];
        Array.Fill(filling, (byte)'x');

        await sender.SendRawAsync(Sender.Frame(Results.Message(id)).AsMemory()[..^2]);
        for (var megabyte = 0; megabyte < 100; megabyte++)
        {
            await sender.SendRawAsync(filling);
        }

        await sender.SendRawAsync(new byte[] { 0x1C, 0x0D });
        var refused = await sender.ReceiveAsync();
        var next = await sender.AskAsync(Results.Message(Results.NewId()));

        Assert.Equal(("AR", id, "mllp.frame-too-large"), (refused.Code, refused.ControlId, refused.Rule));
        Assert.Equal("AA", next.Code);
    }

    [Fact]
    public async Task A_sender_that_closes_its_half_gets_all_its_answers()
    {
        await using var sender = await edge.ConnectAsync();
        for (var i = 0; i < 30; i++)
        {
            await sender.SendAsync(Results.Message(Results.NewId()));
        }

        sender.FinishSending();

        for (var i = 0; i < 30; i++)
        {
            Assert.Equal("AA", (await sender.ReceiveAsync()).Code);
        }

        Assert.True(await sender.IsClosedAsync());
    }

    [Fact]
    public async Task A_frame_that_was_cut_off_leaves_nothing_behind()
    {
        var id = Results.NewId();
        await using (var sender = await edge.ConnectAsync())
        {
            await sender.SendRawAsync(Sender.Frame(Results.Message(id)).AsMemory()[..^2]);
            sender.FinishSending();
            Assert.True(await sender.IsClosedAsync());
        }

        await LoggedAsync(edge, "mllp.frame-truncated");
        Assert.Equal(0L, await edge.AskAsync<long>($"SELECT count(*) FROM exchange.journal WHERE control_id = '{id}'"));
    }

    [Fact]
    public async Task A_connection_that_speaks_something_else_is_closed()
    {
        await using var sender = await edge.ConnectAsync();
        await sender.SendRawAsync(System.Text.Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: x\r\n" + new string('A', 5000)));

        Assert.True(await sender.IsClosedAsync());
        await LoggedAsync(edge, "mllp.no-start-block");
    }

    [Fact]
    public async Task An_idle_connection_is_closed()
    {
        await using var impatient = Start(limits => limits with { Idle = TimeSpan.FromMilliseconds(300) });
        await using var sender = await impatient.ConnectAsync();
        Assert.Equal("AA", (await sender.AskAsync(Results.Message(Results.NewId()))).Code);

        Assert.True(await sender.IsClosedAsync());
        await LoggedAsync(impatient, "mllp.connection-idle");
    }

    [Fact]
    public async Task A_sender_that_dribbles_a_frame_is_closed_however_often_a_byte_comes()
    {
        await using var impatient = Start(limits => limits with { SlowSender = TimeSpan.FromMilliseconds(400) });
        await using var sender = await impatient.ConnectAsync();
        await sender.SendRawAsync(new byte[] { 0x0B });
        var closed = sender.IsClosedAsync();

        await Eventually.Within(Soon, "the slow sender is closed", async () =>
        {
            try
            {
                await sender.SendRawAsync("x"u8.ToArray());
            }
            catch (IOException)
            {
                return true;
            }

            return closed.IsCompleted;
        });

        Assert.True(await closed);
        await LoggedAsync(impatient, "mllp.sender-too-slow");
    }

    [Fact]
    public async Task A_sender_that_does_not_read_its_answers_is_closed()
    {
        await using var impatient = Start(limits => limits with { SlowSender = TimeSpan.FromMilliseconds(400) });
        await using var sender = await impatient.ConnectAsync();
        var emptyFrames = Enumerable.Repeat<byte[]>([0x0B, 0x1C, 0x0D], 10_000).SelectMany(f => f).ToArray();

        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (true)
            {
                await sender.SendRawAsync(emptyFrames);
            }
        });

        await LoggedAsync(impatient, "mllp.answers-not-read");
    }

    [Fact]
    public async Task More_connections_than_allowed_are_closed_and_the_others_go_on()
    {
        await using var small = Start(limits => limits with { MaxConnections = 3 });
        var open = new List<Sender>();
        for (var i = 0; i < 3; i++)
        {
            open.Add(await small.ConnectAsync());
            Assert.Equal("AA", (await open[i].AskAsync(Results.Message(Results.NewId()))).Code);
        }

        Assert.False(await IsServedAsync(small));
        await LoggedAsync(small, "mllp.too-many-connections");
        Assert.Equal("AA", (await open[2].AskAsync(Results.Message(Results.NewId()))).Code);
        await open[0].DisposeAsync();
        await Eventually.Within(Soon, "a place is free again", () => IsServedAsync(small));
        await open[1].DisposeAsync();
        await open[2].DisposeAsync();
    }

    [Fact]
    public async Task Draining_answers_what_was_taken_in_and_then_closes()
    {
        await using var store = await RunningEdge.NewStoreAsync();
        await using var draining = RunningEdge.Start(store);
        await using var sender = await draining.ConnectAsync();
        await using var idle = await draining.ConnectAsync();
        var sending = Task.Run(async () =>
        {
            try
            {
                for (var i = 0; i < 2000; i++)
                {
                    await sender.SendAsync(Results.Message(Results.NewId(), patient: $"P{i}"));
                }
            }
            catch (IOException)
            {
                // Closed in between: those frames were never taken in.
            }
        });
        var answers = new List<Answer> { await sender.ReceiveAsync() };
        var drained = draining.DrainAsync();
        while (true)
        {
            try
            {
                answers.Add(await sender.ReceiveAsync());
            }
            catch (Exception closed) when (closed is IOException or Xunit.Sdk.XunitException)
            {
                break;
            }
        }

        await drained.WaitAsync(Soon);
        await sending;
        Assert.All(answers, a => Assert.Equal("AA", a.Code));
        Assert.Equal(await draining.AskAsync<long>("SELECT count(*) FROM exchange.journal"), answers.Count);
        Assert.True(await idle.IsClosedAsync());
        await Assert.ThrowsAnyAsync<SocketException>(() => Sender.DialAsync(draining.Port));
    }

    private RunningEdge Start(Func<ListenerLimits, ListenerLimits> limits) =>
        RunningEdge.Start(edge.Store, site => site.WithLimits(limits));

    private static async Task<bool> IsServedAsync(RunningEdge edge)
    {
        try
        {
            await using var sender = await edge.ConnectAsync();
            return (await sender.AskAsync(Results.Message(Results.NewId()))).Code == "AA";
        }
        catch (Exception closed) when (closed is IOException or SocketException or Xunit.Sdk.XunitException)
        {
            return false;
        }
    }

    private static Task LoggedAsync(RunningEdge edge, string rule) =>
        Eventually.Within(Soon, $"{rule} is logged", () => edge.Logs.Lines.Any(line => line.Contains(rule, StringComparison.Ordinal)));
}
