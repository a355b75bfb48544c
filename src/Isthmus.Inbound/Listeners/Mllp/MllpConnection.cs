using System.Buffers;
using System.Net.Sockets;
using System.Threading.Channels;
using Isthmus.Exchange.Contracts;
using Isthmus.Inbound.Acknowledging;
using Isthmus.Inbound.Receiving;

namespace Isthmus.Inbound.Listeners.Mllp;

/// <summary>
/// One sender's connection. Frames are taken in as they come and committed together; answers leave in frame order.
/// </summary>
internal sealed class MllpConnection(
    Socket socket, Stream stream, ReceptionDesk desk, ListenerSettings settings, FrameMemory memory, TimeProvider time)
    : IAsyncDisposable
{
    /// <summary>Frames of one connection under way at once; a sender that pipelines more waits.</summary>
    private const int MostInFlight = 128;

    private readonly Channel<Owed> answers =
        Channel.CreateBounded<Owed>(new BoundedChannelOptions(MostInFlight) { SingleReader = true, SingleWriter = true });

    private readonly Arrival arrival = new(settings.Name);
    private long lastByteAt = time.GetTimestamp();
    private long frameBeganAt;
    private long sendingBeganAt;
    private int owed;
    private volatile string? closedBecause;

    /// <summary>Serves the connection until the sender closes it, misbehaves, or <paramref name="draining"/> is asked for.</summary>
    /// <returns>A rule id when the connection was closed for a reason, otherwise null.</returns>
    public async Task<string?> ServeAsync(CancellationToken draining)
    {
        var answering = AnswerAsync();
        try
        {
            await TakeFramesAsync(draining);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The sender went away, was too slow, or we are draining: what is journalled is still answered below.
        }
        finally
        {
            answers.Writer.TryComplete();
            await answering;
        }

        return closedBecause;
    }

    /// <summary>Called every second: closes the connection when it idles, dribbles, or does not read its answers.</summary>
    public void CheckPace()
    {
        var frameBegan = Interlocked.Read(ref frameBeganAt);
        var sendingBegan = Interlocked.Read(ref sendingBeganAt);
        if (frameBegan != 0 && time.GetElapsedTime(frameBegan) > settings.Limits.SlowSender)
        {
            Close(MllpRules.SlowSender);
        }
        else if (sendingBegan != 0 && time.GetElapsedTime(sendingBegan) > settings.Limits.SlowSender)
        {
            Close(MllpRules.AnswersNotRead);
        }
        else if (frameBegan == 0 && Volatile.Read(ref owed) == 0
            && time.GetElapsedTime(Interlocked.Read(ref lastByteAt)) > settings.Limits.Idle)
        {
            // A sender that waits for an answer from us does not idle.
            Close(MllpRules.Idle);
        }
    }

    /// <summary>Closes it at once, whatever is under way: what was journalled stays.</summary>
    public void Close(string because)
    {
        closedBecause = because;
        socket.Close(timeout: 0);
    }

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        socket.Dispose();
    }

    private async Task TakeFramesAsync(CancellationToken draining)
    {
        using var frames = new FrameReader(stream, settings.Limits.MaxFrameBytes, memory, NoteProgress);
        while (true)
        {
            var (kind, content) = await frames.NextAsync(draining);
            NoteProgress(insideFrame: false);
            switch (kind)
            {
                case FrameKind.Frame when memory.TryTake(content.Length):
                    await OweAsync(await TakeInAsync(content), content.Length);
                    break;
                case FrameKind.Frame or FrameKind.NoRoom:
                    await OweAsync(desk.Refuse(ReceptionRules.NoRoom, content), held: 0);
                    break;
                case FrameKind.TooLarge:
                    await OweAsync(desk.Refuse(ReceptionRules.FrameTooLarge, content), held: 0);
                    break;
                case FrameKind.Noise:
                    closedBecause = MllpRules.Noise;
                    return;
                case FrameKind.Truncated:
                    closedBecause = MllpRules.Truncated;
                    return;
                default:
                    return;
            }
        }
    }

    /// <summary>The frame's memory is taken; it is given back with the answer, or here when there is none.</summary>
    private async ValueTask<Reception> TakeInAsync(ReadOnlyMemory<byte> content)
    {
        try
        {
            return await desk.TakeInAsync(content, arrival);
        }
        catch
        {
            memory.Return(content.Length);
            throw;
        }
    }

    /// <summary>Waits for room when many answers are owed: the sender feels it and slows down.</summary>
    private ValueTask OweAsync(Reception reception, int held)
    {
        Interlocked.Increment(ref owed);
        return answers.Writer.WriteAsync(new Owed(reception.AnswerAsync(), held), CancellationToken.None);
    }

    private async Task AnswerAsync()
    {
        var waiting = new ArrayBufferWriter<byte>(512);
        var listening = true;
        var ready = 0;
        await foreach (var pending in answers.Reader.ReadAllAsync())
        {
            var answer = (await pending.Answer).Bytes;
            memory.Return(pending.Held);
            ready++;
            if (!answer.IsEmpty)
            {
                waiting.Write([FrameReader.StartBlock]);
                waiting.Write(answer.Span);
                waiting.Write([FrameReader.EndBlock, FrameReader.CarriageReturn]);
            }

            // Answers that are ready together leave together.
            if (!answers.Reader.TryPeek(out var next) || !next.Answer.IsCompleted)
            {
                listening = listening && await TrySendAsync(waiting.WrittenMemory);
                waiting.ResetWrittenCount();
                Interlocked.Exchange(ref lastByteAt, time.GetTimestamp());
                Interlocked.Add(ref owed, -ready);
                ready = 0;
            }
        }
    }

    /// <summary>False when nobody listens any more: what was journalled stays, and its repeat gets the same answer.</summary>
    private async Task<bool> TrySendAsync(ReadOnlyMemory<byte> bytes)
    {
        Interlocked.Exchange(ref sendingBeganAt, time.GetTimestamp());
        try
        {
            await stream.WriteAsync(bytes);
            return true;
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            return false;
        }
        finally
        {
            Interlocked.Exchange(ref sendingBeganAt, 0);
        }
    }

    private void NoteProgress(bool insideFrame)
    {
        var now = time.GetTimestamp();
        Interlocked.Exchange(ref lastByteAt, now);
        if (!insideFrame)
        {
            Interlocked.Exchange(ref frameBeganAt, 0);
        }
        else if (Interlocked.Read(ref frameBeganAt) == 0)
        {
            Interlocked.Exchange(ref frameBeganAt, now);
        }
    }

    /// <param name="Held">What the frame takes of the listener's memory until it is answered.</param>
    private readonly record struct Owed(Task<Answer> Answer, int Held);
}
