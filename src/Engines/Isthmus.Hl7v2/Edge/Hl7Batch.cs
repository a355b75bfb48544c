namespace Isthmus.Hl7v2;

/// <summary>
/// Takes a file or a batch apart (HL7 v2.5.1 §2.10.3): each message from its MSH to the next MSH, BHS, BTS, FHS
/// or FTS. The envelope segments themselves belong to no message. Nothing is copied.
/// </summary>
public static class Hl7Batch
{
    /// <summary>
    /// The messages in order. What has no MSH at all is yielded whole, and text before the first MSH stays with that
    /// message, so that a reader finds the fault and nothing disappears.
    /// </summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Messages(ReadOnlyMemory<byte> content)
    {
        var start = 0;
        var isMessage = false;
        for (var at = 0; at < content.Length; at = NextLine(content.Span, at))
        {
            var line = content.Span[at..];
            var isMsh = IsHeader(line, "MSH"u8);
            var isEnvelope = IsHeader(line, "FHS"u8) || IsHeader(line, "BHS"u8) || IsHeader(line, "BTS"u8) || IsHeader(line, "FTS"u8);
            if (!isMsh && !isEnvelope)
            {
                continue;
            }

            if (isMessage || (isEnvelope && !IsBlank(content.Span[start..at])))
            {
                yield return content[start..at];
                start = at;
            }

            isMessage = isMsh;
            start = isEnvelope ? NextLine(content.Span, at) : start;
        }

        if (isMessage || !IsBlank(content.Span[start..]))
        {
            yield return content[start..];
        }
    }

    private static int NextLine(ReadOnlySpan<byte> content, int at)
    {
        var end = content[at..].IndexOfAny((byte)'\r', (byte)'\n');
        return end < 0 ? content.Length : at + end + 1;
    }

    /// <summary>The name, and behind it something that can separate; a byte order mark may lead.</summary>
    private static bool IsHeader(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name)
    {
        if (line is [0xEF, 0xBB, 0xBF, ..])
        {
            line = line[3..];
        }

        return line.StartsWith(name) && (line.Length == name.Length || !char.IsAsciiLetterOrDigit((char)line[name.Length]));
    }

    private static bool IsBlank(ReadOnlySpan<byte> text) =>
        !text.ContainsAnyExcept((byte)'\r', (byte)'\n', (byte)' ');
}
