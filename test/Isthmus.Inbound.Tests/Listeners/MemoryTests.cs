using Isthmus.Inbound.Listeners;
using Isthmus.Inbound.Listeners.Mllp;
using Isthmus.Testing;

namespace Isthmus.Inbound.Tests.Listeners;

/// <summary>What many senders together can make a listener hold.</summary>
public sealed class MemoryTests(SharedEdge shared) : IClassFixture<SharedEdge>
{
    private const int Whole = 1 << 20;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Half_sent_frames_hold_no_more_than_the_listener_has_and_what_does_not_fit_is_refused_to_be_sent_again()
    {
        await using var edge = RunningEdge.Start(shared.Edge.Store, site => site.WithLimits(limits => limits with { MaxFrameBytes = Whole, MemoryBytes = 4 * Whole }));
        var senders = new List<Sender>();
        for (var i = 0; i < 12; i++)
        {
            // Three quarters of a megabyte each, and nothing more for now.
            senders.Add(await edge.ConnectAsync());
            await senders[i].SendRawAsync(Large(Results.NewId()).AsMemory(0, 3 * Whole / 4));
        }

        // One that sends usual messages is served all the while.
        await using var usual = await edge.ConnectAsync();
        Assert.Equal("AA", (await usual.AskAsync(Results.Message(Results.NewId()))).Code);

        var answers = new List<Answer>();
        foreach (var sender in senders)
        {
            await sender.SendRawAsync(new byte[] { 0x1C, 0x0D });
            answers.Add(await sender.ReceiveAsync());
        }

        Assert.All(answers, a => Assert.True(a is { Code: "AA" } or { Code: "AR", Rule: "mllp.listener-full" }, a.Text));
        Assert.InRange(answers.Count(a => a.Code == "AA"), 1, 4);

        // What was refused may be sent again on the same connection, and then there is room.
        for (var i = 0; i < senders.Count; i++)
        {
            var again = Large(answers[i].ControlId);
            await senders[i].SendRawAsync(again);
            Assert.Equal("AA", (await senders[i].ReceiveAsync()).Code);
            await senders[i].DisposeAsync();
        }
    }

    [Fact]
    public async Task Connections_that_break_off_give_their_memory_back()
    {
        await using var edge = RunningEdge.Start(shared.Edge.Store, site => site.WithLimits(limits => limits with { MaxFrameBytes = Whole, MemoryBytes = 4 * Whole }));
        for (var i = 0; i < 30; i++)
        {
            await using var sender = await edge.ConnectAsync();
            await sender.SendRawAsync(Large(Results.NewId()).AsMemory(0, 3 * Whole / 4));
        }

        await Eventually.Within(Soon, "there is room again", async () =>
        {
            await using var sender = await edge.ConnectAsync();
            await sender.SendRawAsync(Large(Results.NewId()));
            return (await sender.ReceiveAsync()).Code == "AA";
        });
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(16 * 1024)]
    [InlineData(int.MaxValue)]
    public async Task A_frame_without_room_is_skipped_to_its_end_and_all_memory_comes_back(int size)
    {
        var memory = new FrameMemory(64 * 1024);
        byte[] wire = [.. Framed(10), .. Framed(500_000), .. Framed(20), .. Framed(30_000)];
        using var stream = new ChunkedStream(wire, [size]);
        using (var reader = new FrameReader(stream, Whole, memory, _ => { }))
        {
            Assert.Equal((FrameKind.Frame, 10), await NextAsync(reader));
            Assert.Equal((FrameKind.NoRoom, 4096), await NextAsync(reader));
            Assert.Equal((FrameKind.Frame, 20), await NextAsync(reader));
            Assert.Equal((FrameKind.Frame, 30_000), await NextAsync(reader));
        }

        Assert.Equal(64 * 1024, memory.Free);
    }

    private static async Task<(FrameKind, int)> NextAsync(FrameReader reader)
    {
        var (kind, content) = await reader.NextAsync(CancellationToken.None);
        return (kind, content.Length);
    }

    private static byte[] Framed(int length)
    {
        var content = new byte[length];
        Array.Fill(content, (byte)'x');
        return [0x0B, .. content, 0x1C, 0x0D];
    }

    /// <summary>A framed message of nearly a megabyte.</summary>
    private static byte[] Large(string id)
    {
        var message = Results.Message(id);
        return Sender.Frame($"{message}NTE|1||{new string('x', Whole - message.Length - 100)}\r");
    }
}
