namespace Isthmus.Outbound.Connectors.Mllp;

/// <summary>The bytes around a message on the wire (HL7 v2.5.1 appendix C, MLLP release 1).</summary>
internal static class MllpFrame
{
    private const byte StartBlock = 0x0B;
    private const byte EndBlock = 0x1C;
    private const byte CarriageReturn = 0x0D;

    /// <summary>Whether a message holds a byte that would begin or end a frame inside it.</summary>
    public static bool IsBrokenBy(ReadOnlySpan<byte> message) => message.ContainsAny(StartBlock, EndBlock);

    public static byte[] Around(ReadOnlySpan<byte> message)
    {
        var frame = new byte[message.Length + 3];
        frame[0] = StartBlock;
        message.CopyTo(frame.AsSpan(1));
        frame[^2] = EndBlock;
        frame[^1] = CarriageReturn;
        return frame;
    }

    /// <summary>The first whole frame's content in what was received, and where the rest begins; false while there is none.</summary>
    /// <exception cref="InvalidDataException">What was received can be no frame.</exception>
    public static bool TryRead(ReadOnlyMemory<byte> received, out ReadOnlyMemory<byte> content, out int after)
    {
        var bytes = received.Span;
        var start = bytes.IndexOfAnyExcept((byte)'\r', (byte)'\n');
        (content, after) = (default, 0);
        if (start < 0)
        {
            return false;
        }

        if (bytes[start] != StartBlock)
        {
            throw new InvalidDataException("The receiver sent something that is no MLLP frame.");
        }

        var length = bytes[(start + 1)..].IndexOf(EndBlock);
        if (length < 0 || start + length + 2 >= bytes.Length)
        {
            return false;
        }

        if (bytes[start + length + 2] != CarriageReturn)
        {
            throw new InvalidDataException("The receiver's frame has no end.");
        }

        content = received.Slice(start + 1, length);
        after = start + length + 3;
        return true;
    }
}
