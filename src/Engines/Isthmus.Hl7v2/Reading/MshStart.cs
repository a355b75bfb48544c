namespace Isthmus.Hl7v2;

/// <summary>Where a message begins in its frame, and the delimiters that its MSH declares.</summary>
internal readonly struct MshStart
{
    private const int SeparatorOffset = 3;

    /// <summary>The M of MSH; minus one where there is none.</summary>
    public int Offset { get; private init; }

    public bool IsFound => Offset >= 0;

    /// <summary>Something other than line ends and spaces stands before MSH.</summary>
    public bool IsPreceded { get; private init; }

    public bool StartsWithByteOrderMark { get; private init; }

    /// <summary>The character after MSH can be a field separator; without it there is nothing to read by.</summary>
    public bool CanSeparate { get; private init; }

    /// <summary>MSH-2 is as the standard asks.</summary>
    public bool HasSoundDelimiters { get; private init; }

    public Hl7Delimiters Delimiters { get; private init; }

    /// <summary>Offset of what follows MSH-2.</summary>
    public int AfterEncodingCharacters { get; private init; }

    public static MshStart Find(ReadOnlySpan<byte> frame)
    {
        ReadOnlySpan<byte> byteOrderMark = [0xEF, 0xBB, 0xBF];
        var isMarked = frame.StartsWith(byteOrderMark);
        var start = isMarked ? byteOrderMark.Length : 0;
        while (start < frame.Length && frame[start] is (byte)'\r' or (byte)'\n' or (byte)' ')
        {
            start++;
        }

        var offset = Search(frame, start);
        if (offset < 0)
        {
            return new() { Offset = -1, StartsWithByteOrderMark = isMarked };
        }

        var separatorAt = offset + SeparatorOffset;
        if (separatorAt >= frame.Length || !Hl7Delimiters.CanDelimit(frame[separatorAt]))
        {
            return new() { Offset = offset, StartsWithByteOrderMark = isMarked };
        }

        var separator = frame[separatorAt];
        var encodingCharacters = frame[(separatorAt + 1)..];
        var end = encodingCharacters.IndexOfAny(separator, (byte)'\r', (byte)'\n');
        encodingCharacters = end < 0 ? encodingCharacters : encodingCharacters[..end];
        return new()
        {
            Offset = offset,
            IsPreceded = offset > start,
            StartsWithByteOrderMark = isMarked,
            CanSeparate = true,
            Delimiters = Hl7Delimiters.Read(separator, encodingCharacters, out var sound),
            HasSoundDelimiters = sound,
            AfterEncodingCharacters = separatorAt + 1 + encodingCharacters.Length,
        };
    }

    /// <summary>The first start block (0B) or end block (1C) that an MSH follows; minus one if there is none.</summary>
    public static int FindBehindBlock(ReadOnlySpan<byte> text, int start)
    {
        for (var at = start; text[at..].IndexOfAny((byte)0x0B, (byte)0x1C) is >= 0 and var found; at += found + 1)
        {
            var behind = text[(at + found + 1)..];
            if (behind.StartsWith("MSH"u8) && behind.Length > SeparatorOffset && Hl7Delimiters.CanDelimit(behind[SeparatorOffset]))
            {
                return at + found;
            }
        }

        return -1;
    }

    /// <summary>
    /// MSH at the start; else the first MSH at the start of a line; else the first that a separator follows.
    /// </summary>
    private static int Search(ReadOnlySpan<byte> frame, int start)
    {
        var name = "MSH"u8;
        if (frame[start..].StartsWith(name))
        {
            return start;
        }

        var anywhere = -1;
        for (var at = start; frame[at..].IndexOf(name) is >= 0 and var found; at += found + 1)
        {
            var offset = at + found;
            if (offset + SeparatorOffset >= frame.Length || !Hl7Delimiters.CanDelimit(frame[offset + SeparatorOffset]))
            {
                continue;
            }

            if (offset > 0 && frame[offset - 1] is (byte)'\r' or (byte)'\n')
            {
                return offset;
            }

            anywhere = anywhere < 0 ? offset : anywhere;
        }

        return anywhere;
    }
}
