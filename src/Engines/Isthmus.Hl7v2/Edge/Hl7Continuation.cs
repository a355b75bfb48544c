using System.Buffers;

namespace Isthmus.Hl7v2;

/// <summary>
/// Joins a message that was sent in several (HL7 v2.5.1 §2.10.2): a part ends with DSC, whose DSC-1 the next part repeats
/// in its MSH-14. An ADD segment goes on with the segment before it, in the middle of a field if need be; an empty one only
/// announces that. Who receives parts keeps them until <see cref="Goes"/> says that the last is there.
/// </summary>
public static class Hl7Continuation
{
    /// <summary>Whether another part follows: DSC-1 is valued.</summary>
    public static bool Goes(Hl7Message part) => !Pointer(part).IsEmpty;

    /// <summary>Whether it goes on with an earlier part: MSH-14 is valued.</summary>
    public static bool Continues(Hl7Message part)
    {
        ArgumentNullException.ThrowIfNull(part);
        return !part.Msh[14].Value.IsEmpty;
    }

    /// <summary>
    /// Joins parts in the order that their pointers give, whatever the order they came in. Nothing is joined that is not
    /// of one sender, message type, delimiters and character set, so that no two messages can mix.
    /// </summary>
    /// <param name="parts">Each read by a reader of its own.</param>
    /// <returns>
    /// The joined message as UTF-8, to be read with <see cref="Hl7Reader.ReadPart"/> beside the first part; empty with a
    /// fatal finding where the parts are not one message. A part that has not come is a finding beside what there is.
    /// </returns>
    public static (ReadOnlyMemory<byte> Message, IReadOnlyList<Hl7Finding> Findings) Join(IReadOnlyList<Hl7Message> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var findings = new Hl7Findings(Hl7Limits.DefaultFindings);
        var ordered = InOrder(parts);
        if (ordered.Count != parts.Count || ordered.Count == 0)
        {
            findings.Add(Hl7Rules.ContinuationPointer, new("MSH", 1, 14), 0);
            return (default, findings.List);
        }

        foreach (var part in ordered)
        {
            if (!IsOfOneKind(ordered[0], part))
            {
                findings.Add(Hl7Rules.ContinuationForeign, new("MSH", 1), part.Msh.Offset);
                return (default, findings.List);
            }
        }

        if (Goes(ordered[^1]))
        {
            findings.Add(Hl7Rules.ContinuationIncomplete, new("DSC", 1, 1), ordered[^1].First("DSC").Offset);
        }

        var output = new ArrayBufferWriter<byte>(ordered.Sum(static part => part.Raw.Length));
        for (var i = 0; i < ordered.Count; i++)
        {
            Write(ordered[i], isFirst: i == 0, output);
        }

        output.Write("\r"u8);
        return (output.WrittenMemory, findings.List);
    }

    private static Hl7Subcomponent Pointer(Hl7Message part)
    {
        ArgumentNullException.ThrowIfNull(part);
        return part.First("DSC")[1].Value;
    }

    private static List<Hl7Message> InOrder(IReadOnlyList<Hl7Message> parts)
    {
        var left = new List<Hl7Message>(parts);
        var ordered = new List<Hl7Message>();
        var next = left.Find(static part => !Continues(part));
        while (next is not null)
        {
            left.Remove(next);
            ordered.Add(next);
            var pointer = Pointer(next);
            next = pointer.IsEmpty ? null : left.Find(part => part.Msh[14].Value.Raw.SequenceEqual(pointer.Raw));
        }

        return ordered;
    }

    /// <summary>The same delimiters, sender, receiver, message type, version and character set.</summary>
    private static bool IsOfOneKind(Hl7Message first, Hl7Message other)
    {
        ReadOnlySpan<int> fields = [3, 4, 5, 6, 9, 11, 12, 18];
        var isSame = first.Delimiters == other.Delimiters;
        foreach (var field in fields)
        {
            isSame &= first.Msh[field].Raw.SequenceEqual(other.Msh[field].Raw);
        }

        return isSame;
    }

    /// <summary>A line end stands before each segment but the first, and not before what an ADD goes on with.</summary>
    private static void Write(Hl7Message part, bool isFirst, ArrayBufferWriter<byte> output)
    {
        foreach (var segment in part.Segments)
        {
            if (segment.Is("ADD"))
            {
                output.Write(segment.Raw.Length > 4 ? segment.Raw[4..] : default);
            }
            else if (!segment.Is("DSC") && (isFirst || !BelongsToHeader(segment)))
            {
                output.Write(output.WrittenCount == 0 ? default : "\r"u8);
                output.Write(segment.Raw);
            }
        }
    }

    /// <summary>Every part brings its own.</summary>
    private static bool BelongsToHeader(Hl7Segment segment) => segment.Is("MSH") || segment.Is("SFT") || segment.Is("UAC");
}
