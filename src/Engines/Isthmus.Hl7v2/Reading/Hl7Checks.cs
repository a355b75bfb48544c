namespace Isthmus.Hl7v2;

/// <summary>What is looked at once the structure is known. A clean message costs one pass over its segment names.</summary>
internal static class Hl7Checks
{
    public static void Run(Hl7Message message, Hl7Findings findings)
    {
        var index = message.Index;
        for (var i = 0; i < index.SegmentCount && !findings.IsFull; i++)
        {
            ref readonly var segment = ref index.Segments[i];
            if (segment.Name == 0)
            {
                findings.Add(Hl7Rules.SegmentNameInvalid, message.LocationOf(i), segment.Start);
            }
            else if (segment.Name == SegmentName.Msh && i > 0)
            {
                findings.Add(Hl7Rules.MshRepeated, message.LocationOf(i), segment.Start);
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

                if (index.Kind(stop + 1) == StopKind.Escape)
                {
                    stop++;
                }
                else
                {
                    findings.Add(Hl7Rules.EscapeUnterminated, message.Locate(index.Offset(stop)), index.Offset(stop));
                }
            }
        }
    }
}
