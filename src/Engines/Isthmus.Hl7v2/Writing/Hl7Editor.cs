using System.Buffers;
using System.Text;

namespace Isthmus.Hl7v2;

/// <summary>
/// Edits a message and writes it back: what was not edited goes out byte for byte, line ends, odd spacing, invalid
/// characters, a second message behind it and all. Delimiters and character set stay the message's own. The message must
/// stay valid while it is edited. Not for concurrent use.
/// </summary>
public sealed class Hl7Editor
{
    private readonly List<EditedLine> lines = [];
    private readonly Hl7Writing writing;
    private readonly EditedCharset charset;
    private readonly ReadOnlyMemory<byte> lead;
    private readonly ReadOnlyMemory<byte> tail;

    public Hl7Editor(Hl7Message message)
    {
        ArgumentNullException.ThrowIfNull(message);
        charset = new(message);
        writing = new(message.Delimiters, charset);
        var text = charset.Text;
        var at = MshStart.Find(text.Span).Offset;
        lead = text[..at];
        var block = MshStart.FindBehindBlock(text.Span, at);
        var end = block < 0 ? text.Length : block;
        while (lines.Count < message.Segments.Count)
        {
            var line = EditedLine.At(text[..end], at);
            lines.Add(line);
            at += line.Length;
        }

        tail = text[at..];
    }

    /// <summary>As the message has them, lines without a segment name included.</summary>
    public int SegmentCount => lines.Count;

    /// <summary>What could not be written, with its place.</summary>
    public IReadOnlyList<Hl7Finding> Findings => writing.Findings;

    /// <summary>The segment at that zero-based position, to be edited.</summary>
    public Hl7WritableSegment Segment(int index)
    {
        var line = lines[index];
        if (line.Edited is null)
        {
            var isSound = charset.TryOpen(line.Text, out var utf8);
            line.Edited = new(writing) { IsLocked = !isSound };
            line.Edited.Start(utf8.Span);
        }

        line.Edited.Occurrence = lines.Take(index + 1).Count(other => other.Name(writing.Delimiters) == line.Edited.Name);
        return line.Edited;
    }

    /// <summary>The first segment of that name, or null.</summary>
    public Hl7WritableSegment? First(string name)
    {
        var index = lines.FindIndex(line => line.Name(writing.Delimiters) == name);
        return index < 0 ? null : Segment(index);
    }

    /// <summary>Puts a new segment at that zero-based position; MSH stays the first.</summary>
    public Hl7WritableSegment Insert(int index, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(index, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, lines.Count);
        if (SegmentName.Key(name) <= 0 || SegmentName.DeclaresDelimiters(SegmentName.Key(name)))
        {
            throw new ArgumentException("A segment name is a capital letter and two capital letters or digits, and declares no delimiters.", nameof(name));
        }

        var before = lines[index - 1];
        if (before.End.IsEmpty)
        {
            before.End = LineEnd();
        }

        lines.Insert(index, new() { Text = Encoding.ASCII.GetBytes(name), End = LineEnd() });
        return Segment(index);
    }

    /// <summary>Puts a new segment at the end.</summary>
    public Hl7WritableSegment Append(string name) => Insert(lines.Count, name);

    /// <summary>Takes the segment at that zero-based position out; MSH stays.</summary>
    public void Remove(int index)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(index, 1);
        lines.RemoveAt(index);
    }

    /// <summary>Writes the whole frame.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var frame = charset.IsUtf16 ? new ArrayBufferWriter<byte>() : output;
        frame.Write(lead.Span);
        foreach (var line in lines)
        {
            if (line.Edited is { IsChanged: true } edited)
            {
                charset.Close(edited.Raw, frame);
            }
            else
            {
                frame.Write(line.Text.Span);
            }

            frame.Write(line.End.Span);
        }

        frame.Write(tail.Span);
        if (frame is ArrayBufferWriter<byte> utf8 && charset.IsUtf16)
        {
            charset.WriteUtf16(utf8.WrittenSpan, output);
        }
    }

    public byte[] ToArray()
    {
        var output = new ArrayBufferWriter<byte>();
        WriteTo(output);
        return output.WrittenSpan.ToArray();
    }

    public override string ToString() => $"{nameof(Hl7Editor)}({lines.Count} segments)";

    /// <summary>What ends the first line; a carriage return where there is only one.</summary>
    private ReadOnlyMemory<byte> LineEnd()
    {
        var first = lines[0].End;
        return first.IsEmpty ? "\r"u8.ToArray() : first.Span is [(byte)'\r', (byte)'\n', ..] ? first[..2] : first[..1];
    }
}
