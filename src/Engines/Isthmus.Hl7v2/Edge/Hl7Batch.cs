namespace Isthmus.Hl7v2;

/// <summary>One message of a file.</summary>
/// <param name="Bytes">From its MSH to the next header or trailer; not copied.</param>
/// <param name="Batch">Which batch of the file it stands in, one-based; zero where it stands in none.</param>
/// <param name="Number">Which message of its batch it is, one-based.</param>
public readonly record struct Hl7BatchMessage(ReadOnlyMemory<byte> Bytes, int Batch, int Number)
{
    public override string ToString() => $"{nameof(Hl7BatchMessage)}({Bytes.Length} bytes)";
}

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
    public static IEnumerable<ReadOnlyMemory<byte>> Messages(ReadOnlyMemory<byte> content) =>
        Read(content).Messages.Select(static message => message.Bytes);

    /// <summary>
    /// The messages in order, each to have an outcome of its own, and what is wrong with the envelope around them: headers
    /// and trailers that do not pair, and counts (BTS-1 of messages, FTS-1 of batches) that are not what was found. None of
    /// that keeps a message from being read.
    /// </summary>
    public static (IReadOnlyList<Hl7BatchMessage> Messages, IReadOnlyList<Hl7Finding> Findings) Read(ReadOnlyMemory<byte> content)
    {
        var messages = new List<Hl7BatchMessage>();
        var envelope = new EnvelopeCheck(content);
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
                messages.Add(envelope.Message(content[start..at]));
                start = at;
            }

            isMessage = isMsh;
            if (isEnvelope)
            {
                start = NextLine(content.Span, at);
                envelope.Segment(at, start);
            }
        }

        if (isMessage || !IsBlank(content.Span[start..]))
        {
            messages.Add(envelope.Message(content[start..]));
        }

        return (messages, envelope.Finish());
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
