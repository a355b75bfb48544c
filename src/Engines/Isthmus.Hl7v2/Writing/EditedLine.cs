namespace Isthmus.Hl7v2;

/// <summary>A segment of a frame as it stands, with all that separates it from the next.</summary>
internal sealed class EditedLine
{
    public required ReadOnlyMemory<byte> Text { get; init; }

    /// <summary>Line ends, and lines of nothing but spaces.</summary>
    public required ReadOnlyMemory<byte> End { get; set; }

    /// <summary>Set once somebody has asked for it.</summary>
    public Hl7WritableSegment? Edited { get; set; }

    public int Length => Text.Length + End.Length;

    /// <summary>The line that begins there, which is not blank.</summary>
    public static EditedLine At(ReadOnlyMemory<byte> frame, int start)
    {
        var text = frame.Span[start..];
        var length = LengthOf(text);
        var next = length;
        for (var at = length; at < text.Length;)
        {
            // Past the line end, and past a blank line if one follows.
            var line = text[(at + 1)..];
            var blank = LengthOf(line);
            next = at + 1;
            if (line[..blank].ContainsAnyExcept((byte)' '))
            {
                break;
            }

            at = next + blank;
            next = Math.Min(at, text.Length);
        }

        return new() { Text = frame.Slice(start, length), End = frame[(start + length)..(start + next)] };
    }

    public string Name(Hl7Delimiters delimiters)
    {
        if (Edited is not null)
        {
            return Edited.Name;
        }

        var end = Text.Span.IndexOf(delimiters.Field);
        return SegmentName.Text(SegmentName.Key(end < 0 ? Text.Span : Text.Span[..end])) ?? string.Empty;
    }

    private static int LengthOf(ReadOnlySpan<byte> text)
    {
        var length = text.IndexOfAny((byte)'\r', (byte)'\n');
        return length < 0 ? text.Length : length;
    }
}
