using System.Buffers;
using System.Net.Sockets;
using System.Threading.Channels;
using Isthmus.Exchange.Contracts;
using Isthmus.Inbound.Receiving;

namespace Isthmus.Inbound.Listeners.Mllp;

/// <summary>
/// One sender's connection. Frames are taken in as they come and committed together; answers leave in frame order.
/// </summary>
internal sealed class MllpConnection(Socket socket, Stream stream, ReceptionDesk desk, ListenerSettings settings, TimeProvider time)
    : IAsyncDisposable
{
    /// <summary>Frames of one connection under way at once; a sender that pipelines more waits.</summary>
    private const int MostInFlight = 128;

    private readonly Channel<Task<ReadOnlyMemory<byte>>> answers =
        Channel.CreateBounded<Task<ReadOnlyMemory<byte>>>(new BoundedChannelOptions(MostInFlight) { SingleReader = true, SingleWriter = true });

    private long lastByteAt = time.GetTimestamp();
    private long frameBeganAt;
    private string? closedBecause;

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

        answers.Writer.TryComplete();
        await answering;
        return closedBecause;
    }

    /// <summary>Called every second: closes the connection when it idles or dribbles.</summary>
    public void CheckPace()
    {
        var began = Interlocked.Read(ref frameBeganAt);
        if (began != 0 && time.GetElapsedTime(began) > settings.Limits.SlowSender)
        {
            Close(MllpRules.SlowSender);
        }
        else if (began == 0 && time.GetElapsedTime(Interlocked.Read(ref lastByteAt)) > settings.Limits.Idle)
        {
            Close(MllpRules.Idle);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        socket.Dispose();
    }

    private async Task TakeFramesAsync(CancellationToken draining)
    {
        var frames = new FrameReader(stream, settings.Limits.MaxFrameBytes, NoteProgress);
        while (true)
        {
            var (kind, content) = await frames.NextAsync(draining);
            NoteProgress(insideFrame: false);
            switch (kind)
            {
                case FrameKind.Frame:
                    var taken = await desk.TakeInAsync(content, settings.Name, draining);
                    await answers.Writer.WriteAsync(taken.AnswerAsync(), CancellationToken.None);
                    break;
                case FrameKind.TooLarge:
                    var refused = desk.RefuseTooLarge(content, settings.Limits.MaxFrameBytes);
                    await answers.Writer.WriteAsync(refused.AnswerAsync(), CancellationToken.None);
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

    private async Task AnswerAsync()
    {
        var waiting = new ArrayBufferWriter<byte>(512);
        var listening = true;
        await foreach (var pending in answers.Reader.ReadAllAsync())
        {
            var answer = await pending;
            if (!answer.IsEmpty)
            {
                waiting.Write([FrameReader.StartBlock]);
                waiting.Write(answer.Span);
                waiting.Write([FrameReader.EndBlock, FrameReader.CarriageReturn]);
            }

            // Answers that are ready together leave together.
            if (!answers.Reader.TryPeek(out var next) || !next.IsCompleted)
            {
                listening = listening && await TrySendAsync(waiting.WrittenMemory);
                waiting.ResetWrittenCount();
            }
        }
    }

    /// <summary>False when nobody listens any more: what was journalled stays, and its repeat gets the same answer.</summary>
    private async Task<bool> TrySendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await stream.WriteAsync(bytes);
            return true;
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            return false;
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

    private void Close(string because)
    {
        closedBecause = because;
        socket.Close(timeout: 0);
    }
}
