namespace Isthmus.Hl7v2;

/// <summary>What is looked at once the structure is known. A clean message costs one pass over its segment names.</summary>
internal static class Hl7Checks
{
    /// <summary>Ten: rich text and file paths hold them by the hundred, and one says it all.</summary>
    private const int MostUnknown = 10;

    public static void Run(Hl7Message message, Hl7Findings findings)
    {
        var index = message.Index;
        for (var i = 0; i < index.SegmentCount; i++)
        {
            ref readonly var segment = ref index.Segments[i];
            if (i > 0 && (segment.Name is SegmentName.Msh or 0) && BeginsAnother(message, segment, out var rule))
            {
                findings.Add(rule, message.LocationOf(i) with { Segment = "MSH", Occurrence = 2 }, segment.Start);
                message.EndBefore(i);
            }
            else if (segment.Name == 0)
            {
                findings.Add(Hl7Rules.SegmentNameInvalid, message.LocationOf(i), segment.Start);
            }
        }

        if (index.HasControls)
        {
            Controls(message, findings);
        }

        if (index.HasEscapes)
        {
            Escapes(message, findings);
        }
    }

    /// <summary>A line that a reader of the next message would begin with; in other delimiters it has no segment name here.</summary>
    private static bool BeginsAnother(Hl7Message message, in SegmentEntry segment, out string rule)
    {
        var line = message.Raw.Span[segment.Start..segment.End];
        var declared = message.Raw.Span[(message.Msh.Offset + 3)..];
        rule = segment.Name == SegmentName.Msh && line[3..].StartsWith(declared[..(1 + message.Msh[2].Raw.Length)])
            ? Hl7Rules.MshRepeated
            : Hl7Rules.DelimitersChanged;
        return segment.Name == SegmentName.Msh
            || (segment.Name == 0 && line.Length > 3 && line.StartsWith("MSH"u8) && Hl7Delimiters.CanDelimit(line[3]));
    }

    private static void Controls(Hl7Message message, Hl7Findings findings)
    {
        var text = message.Raw.Span;
        for (var i = message.Msh.Offset; i < text.Length && !findings.IsFull; i++)
        {
            if (text[i] is < 0x20 and not ((byte)'\r' or (byte)'\n'))
            {
                findings.Add(Hl7Rules.ControlCharacter, message.Locate(i), i);
            }
        }
    }

    /// <summary>Two escape characters make a sequence only if nothing structural stands between them.</summary>
    private static void Escapes(Hl7Message message, Hl7Findings findings)
    {
        var index = message.Index;
        var unknown = 0;
        for (var i = 0; i < index.SegmentCount; i++)
        {
            ref readonly var segment = ref index.Segments[i];
            var afterDelimiters = SegmentName.DeclaresDelimiters(segment.Name) ? 1 : 0;
            if (segment.FieldCount <= afterDelimiters)
            {
                continue;
            }

            for (var stop = index.Fields[segment.FirstField + afterDelimiters]; stop < segment.EndStop && !findings.IsFull; stop++)
            {
                if (index.Kind(stop) != StopKind.Escape)
                {
                    continue;
                }

                if (index.Kind(stop + 1) != StopKind.Escape)
                {
                    Found(Hl7Rules.EscapeUnterminated, stop);
                }
                else if (Fault(message, index.Offset(stop), index.Offset(++stop)) is { } rule
                    && (rule != Hl7Rules.EscapeUnknown || ++unknown <= MostUnknown))
                {
                    Found(rule, stop - 1);
                }
            }
        }

        void Found(string rule, int stop) => findings.Add(rule, message.Locate(index.Offset(stop)), index.Offset(stop));
    }

    /// <param name="end">Offset of the escape character that closes the sequence.</param>
    private static string? Fault(Hl7Message message, int start, int end)
    {
        var sequence = message.Raw.Span[(start + 1)..end];
        if (!Hl7Text.IsSequence(sequence))
        {
            return Hl7Rules.EscapeUnknown;
        }

        var behind = message.Raw.Span[(end + 1)..];
        var isLineEnd = sequence is [(byte)'X', .., (byte)'0', (byte)'A' or (byte)'a' or (byte)'D' or (byte)'d'];
        return isLineEnd && behind.Length > 3 && SegmentName.Key(behind[..3]) != 0
            && (behind[3] == message.Delimiters.Field || behind[3] == message.Delimiters.Escape)
                ? Hl7Rules.EscapeSegment
                : null;
    }
}
