namespace Isthmus.Hl7v2;

/// <summary>One segment of a message. A missing one (<see cref="Exists"/> false) has no fields.</summary>
public readonly struct Hl7Segment
{
    private readonly Hl7Message? _message;
    private readonly int _index;

    internal Hl7Segment(Hl7Message message, int index)
    {
        _message = message;
        _index = index;
    }

    public bool Exists => _message is not null;

    /// <summary>Three characters; empty for a missing segment and for a line that has no segment name.</summary>
    public string Name => SegmentName.Text(Key) ?? string.Empty;

    /// <summary>Whether the line begins with a segment name at all.</summary>
    public bool HasValidName => Key != 0;

    /// <summary>Z-segments are local: their meaning is between sender and receiver.</summary>
    public bool IsLocal => Key >> 16 == 'Z';

    /// <summary>Position in the message, zero-based; minus one for a missing segment.</summary>
    public int Index => _message is null ? -1 : _index;

    /// <summary>Byte offset in the message.</summary>
    public int Offset => _message is null ? 0 : _message.Index.Segments[_index].Start;

    /// <summary>The line without its end.</summary>
    public ReadOnlySpan<byte> Raw => RawMemory.Span;

    public ReadOnlyMemory<byte> RawMemory => _message is null
        ? default
        : _message.Raw[_message.Index.Segments[_index].Start.._message.Index.Segments[_index].End];

    public Hl7Location Location => _message is null ? Hl7Location.Message : _message.LocationOf(_index);

    /// <summary>The number of the last field present, trailing empty ones included. MSH counts its separator as field 1.</summary>
    public int FieldCount => _message is null
        ? 0
        : _message.Index.Segments[_index] is var entry && SegmentName.DeclaresDelimiters(entry.Name) && entry.FieldCount > 0
            ? entry.FieldCount + 1
            : entry.FieldCount;

    private int Key => _message is null ? 0 : _message.Index.Segments[_index].Name;

    /// <summary>The field with that one-based number; a missing one where the segment is shorter.</summary>
    public Hl7Field this[int number] => Field(number);

    public bool Is(string name) => _message is not null && Key == SegmentName.Key(name);

    /// <param name="number">One-based, as in the standard.</param>
    public Hl7Field Field(int number)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        return _message is null ? default : new(Hl7Extent.OfField(_message, _index, number));
    }

    public override string ToString() => $"{nameof(Hl7Segment)}({Raw.Length} bytes)";
}
