namespace Isthmus.Inbound.Listeners.Mllp;

/// <summary>What <see cref="FrameReader"/> found next.</summary>
internal enum FrameKind
{
    /// <summary>A whole frame.</summary>
    Frame,

    /// <summary>A frame over the limit; its beginning is given, the rest was skipped.</summary>
    TooLarge,

    /// <summary>A frame for which the listener has no memory left; its beginning is given, the rest was skipped.</summary>
    NoRoom,

    /// <summary>The sender closed the connection between frames.</summary>
    End,

    /// <summary>The sender closed it inside a frame; nothing of that frame counts.</summary>
    Truncated,

    /// <summary>Bytes that are no frame, more than can be an accident.</summary>
    Noise,
}

/// <summary>
/// Cuts a byte stream into MLLP frames: 0x0B, content, 0x1C 0x0D (HL7 v2.5.1 appendix C; MLLP release 1).
/// A missing 0x0D is forgiven where the next frame's 0x0B follows. Bytes between frames are skipped up to a limit.
/// </summary>
/// <param name="memory">Shared with the listener's other connections; every connection has its first buffer besides.</param>
internal sealed class FrameReader(Stream stream, int maxFrameBytes, FrameMemory memory, Action<bool> onProgress) : IDisposable
{
    public const byte StartBlock = 0x0B;
    public const byte EndBlock = 0x1C;
    public const byte CarriageReturn = 0x0D;

    /// <summary>Holds several usual frames, so that one read brings a pipelined burst.</summary>
    private const int InitialBuffer = 16 * 1024;

    /// <summary>Line ends and keep-alive bytes between frames are common; a page of them is not MLLP.</summary>
    private const int MostNoise = 4096;

    /// <summary>Of a frame that is too large, enough is kept to answer with its control id.</summary>
    private const int HeaderOfTooLarge = 4096;

    private byte[] buffer = new byte[InitialBuffer];
    private int start;
    private int end;

    /// <summary>
    /// The next frame's content; it is valid until the next call.
    /// </summary>
    public async ValueTask<(FrameKind Kind, ReadOnlyMemory<byte> Content)> NextAsync(CancellationToken cancellation)
    {
        var noise = 0;
        while (true)
        {
            var unread = buffer.AsSpan(start, end - start);
            var begin = unread.IndexOf(StartBlock);
            noise += begin < 0 ? unread.Length : begin;
            if (noise > MostNoise)
            {
                return (FrameKind.Noise, default);
            }

            if (begin >= 0)
            {
                start += begin + 1;
                break;
            }

            start = end;

            onProgress(false);
            if (!await FillAsync(cancellation))
            {
                return (FrameKind.End, default);
            }
        }

        return await FrameAsync(cancellation);
    }

    private async ValueTask<(FrameKind Kind, ReadOnlyMemory<byte> Content)> FrameAsync(CancellationToken cancellation)
    {
        var length = 0;
        while (true)
        {
            if (TryFindEnd(ref length, out var after))
            {
                var frame = buffer.AsMemory(start, length);
                start += after;
                return length <= maxFrameBytes
                    ? (FrameKind.Frame, frame)
                    : (FrameKind.TooLarge, frame[..Math.Min(HeaderOfTooLarge, length)]);
            }

            if (length > maxFrameBytes)
            {
                return await SkipAsync(FrameKind.TooLarge, length, cancellation);
            }

            if (start < end && end == buffer.Length && !TryMakeRoom())
            {
                return await SkipAsync(FrameKind.NoRoom, length, cancellation);
            }

            onProgress(true);
            if (!await FillAsync(cancellation))
            {
                return (FrameKind.Truncated, default);
            }
        }
    }

    public void Dispose() => Shrink();

    /// <summary>Reads on to the end of a frame that cannot be taken, keeping its beginning only.</summary>
    private async ValueTask<(FrameKind Kind, ReadOnlyMemory<byte> Content)> SkipAsync(FrameKind kind, int length, CancellationToken cancellation)
    {
        var head = buffer.AsSpan(start, Math.Min(HeaderOfTooLarge, length)).ToArray();
        int after;
        while (!TryFindEnd(ref length, out after))
        {
            start += length;
            length = 0;
            CompactAfterSkip();
            onProgress(true);
            if (!await FillAsync(cancellation))
            {
                return (FrameKind.Truncated, default);
            }
        }

        start += after;
        return (kind, head);
    }

    /// <summary>Looks for the end of the frame that begins at <see cref="start"/>, from where the last look ended.</summary>
    /// <param name="length">In and out: how much of what is unread is content for certain.</param>
    /// <param name="after">Where the next frame's bytes begin, counted from <see cref="start"/>.</param>
    private bool TryFindEnd(ref int length, out int after)
    {
        var unread = buffer.AsSpan(start, end - start);
        after = 0;
        while (unread[length..].IndexOf(EndBlock) is var found and >= 0)
        {
            length += found;
            if (length + 1 == unread.Length)
            {
                // The byte that is to come decides.
                return false;
            }

            var next = unread[length + 1];
            if (next is CarriageReturn or StartBlock)
            {
                after = length + (next == CarriageReturn ? 2 : 1);
                return true;
            }

            length++;
        }

        length = unread.Length;
        return false;
    }

    /// <summary>There must be room; see <see cref="TryMakeRoom"/>.</summary>
    private async ValueTask<bool> FillAsync(CancellationToken cancellation)
    {
        if (start == end)
        {
            start = end = 0;
            Shrink();
        }

        var read = await stream.ReadAsync(buffer.AsMemory(end), cancellation);
        end += read;
        return read > 0;
    }

    /// <summary>Moves what is unread to the front, into a buffer twice as large where it fills more than half of this one.</summary>
    /// <returns>False when the listener has no memory for that.</returns>
    private bool TryMakeRoom()
    {
        var unread = end - start;
        var target = buffer;
        if (unread > buffer.Length / 2)
        {
            if (!memory.TryTake(buffer.Length))
            {
                return false;
            }

            target = new byte[buffer.Length * 2];
        }

        MoveTo(target);
        return true;
    }

    /// <summary>While a frame is skipped, at most the byte that decides on its end is unread: the first buffer is enough.</summary>
    private void CompactAfterSkip()
    {
        if (start < end)
        {
            var large = buffer.Length - InitialBuffer;
            MoveTo(large > 0 ? new byte[InitialBuffer] : buffer);
            memory.Return(large);
        }
    }

    private void MoveTo(byte[] target)
    {
        var unread = end - start;
        Buffer.BlockCopy(buffer, start, target, 0, unread);
        buffer = target;
        start = 0;
        end = unread;
    }

    private void Shrink()
    {
        if (buffer.Length > InitialBuffer)
        {
            memory.Return(buffer.Length - InitialBuffer);
            buffer = new byte[InitialBuffer];
        }
    }
}
