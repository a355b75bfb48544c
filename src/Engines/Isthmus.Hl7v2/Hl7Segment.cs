namespace Isthmus.Hl7v2;

/// <summary>One segment of a message. A missing one (<see cref="Exists"/> false) has no fields.</summary>
public readonly struct Hl7Segment
{
    private readonly Hl7Message? message;
    private readonly int index;

    internal Hl7Segment(Hl7Message message, int index)
    {
        this.message = message;
        this.index = index;
    }

    public bool Exists => message is not null;

    /// <summary>Three characters; empty for a missing segment and for a line that has no segment name.</summary>
    public string Name => SegmentName.Text(Key) ?? string.Empty;

    /// <summary>Whether the line begins with a segment name at all.</summary>
    public bool HasValidName => Key != 0;

    /// <summary>Z-segments are local: their meaning is between sender and receiver.</summary>
    public bool IsLocal => Key >> 16 == 'Z';

    /// <summary>Position in the message, zero-based; minus one for a missing segment.</summary>
    public int Index => message is null ? -1 : index;

    /// <summary>Byte offset in the message.</summary>
    public int Offset => message is null ? 0 : message.Index.Segments[index].Start;

    /// <summary>The line without its end.</summary>
    public ReadOnlySpan<byte> Raw => RawMemory.Span;

    public ReadOnlyMemory<byte> RawMemory => message is null
        ? default
        : message.Raw[message.Index.Segments[index].Start..message.Index.Segments[index].End];

    public Hl7Location Location => message is null ? Hl7Location.Message : message.LocationOf(index);

    /// <summary>The number of the last field present, trailing empty ones included. MSH counts its separator as field 1.</summary>
    public int FieldCount => message is null
        ? 0
        : message.Index.Segments[index] is var entry && SegmentName.DeclaresDelimiters(entry.Name) && entry.FieldCount > 0
            ? entry.FieldCount + 1
            : entry.FieldCount;

    private int Key => message is null ? 0 : message.Index.Segments[index].Name;

    /// <summary>The field with that one-based number; a missing one where the segment is shorter.</summary>
    public Hl7Field this[int number] => Field(number);

    public bool Is(string name) => message is not null && Key == SegmentName.Key(name);

    /// <param name="number">One-based, as in the standard.</param>
    public Hl7Field Field(int number)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        return message is null ? default : new(Hl7Extent.OfField(message, index, number));
    }

    public override string ToString() => $"{nameof(Hl7Segment)}({Raw.Length} bytes)";
}
