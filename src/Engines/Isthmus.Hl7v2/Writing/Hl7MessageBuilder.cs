using System.Buffers;

namespace Isthmus.Hl7v2;

/// <summary>
/// Builds messages from nothing, one after another: <see cref="Clear"/> keeps the buffers. Segments stand in the order in
/// which they were asked for; the first is MSH, whose MSH-1 and MSH-2 are written by themselves. UTF-8 throughout: say so in
/// MSH-18. Not for concurrent use.
/// </summary>
public sealed class Hl7MessageBuilder
{
    private const byte SegmentEnd = (byte)'\r';

    private readonly Hl7Writing writing;
    private readonly List<Hl7WritableSegment> segments = [];
    private readonly Dictionary<int, int> occurrences = [];
    private int count;

    public Hl7MessageBuilder()
        : this(Hl7Delimiters.Default)
    {
    }

    /// <param name="delimiters">All of them but the truncation character in use, no two alike.</param>
    public Hl7MessageBuilder(Hl7Delimiters delimiters)
    {
        Span<byte> declared = stackalloc byte[5];
        Hl7Delimiters.Read(delimiters.Field, declared[..delimiters.WriteEncodingCharacters(declared)], out var isSound);
        if (!isSound || !Hl7Delimiters.CanDelimit(delimiters.Field))
        {
            throw new ArgumentException("A message needs five different delimiters.", nameof(delimiters));
        }

        writing = new(delimiters);
    }

    public Hl7Delimiters Delimiters => writing.Delimiters;

    public int SegmentCount => count;

    /// <summary>What could not be written, with its place.</summary>
    public IReadOnlyList<Hl7Finding> Findings => writing.Findings;

    /// <summary>Appends a segment. Valid until <see cref="Clear"/>.</summary>
    /// <param name="name">Three characters: a capital letter and two capital letters or digits.</param>
    public Hl7WritableSegment Segment(string name)
    {
        var key = SegmentName.Key(name);
        if (key <= 0)
        {
            throw new ArgumentException("A segment name is a capital letter and two capital letters or digits.", nameof(name));
        }

        if (count == segments.Count)
        {
            segments.Add(new(writing));
        }

        var segment = segments[count++];
        Span<byte> start = stackalloc byte[9];
        segment.Start(start[..Head(name, key, start)]);
        segment.Occurrence = occurrences[key] = occurrences.GetValueOrDefault(key) + 1;
        return segment;
    }

    /// <summary>Writes every segment, each ended by a carriage return.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        for (var i = 0; i < count; i++)
        {
            output.Write(segments[i].Raw);
            output.Write([SegmentEnd]);
        }
    }

    public byte[] ToArray()
    {
        var output = new ArrayBufferWriter<byte>();
        WriteTo(output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Starts the next message.</summary>
    public void Clear()
    {
        count = 0;
        occurrences.Clear();
        writing.Clear();
    }

    public override string ToString() => $"{nameof(Hl7MessageBuilder)}({count} segments)";

    private int Head(string name, int key, Span<byte> head)
    {
        var length = System.Text.Encoding.ASCII.GetBytes(name, head);
        if (SegmentName.DeclaresDelimiters(key))
        {
            head[length++] = Delimiters.Field;
            length += Delimiters.WriteEncodingCharacters(head[length..]);
        }

        return length;
    }
}
