namespace Isthmus.Hl7v2;

/// <summary>
/// A stretch of a message with the stops inside it: what field, repetition, component and sub-component have in
/// common. The default value is the missing extent, which is empty and has no parts.
/// </summary>
internal readonly struct Hl7Extent
{
    private readonly Hl7Message? _message;
    private readonly int _start;
    private readonly int _end;
    private readonly int _firstStop;
    private readonly int _endStop;
    private readonly int _segment;
    private readonly short _field;
    private readonly short _repetition;
    private readonly short _component;
    private readonly short _subcomponent;

    private Hl7Extent(Hl7Message message, int start, int end, int firstStop, int endStop, Address address)
    {
        _message = message;
        _start = start;
        _end = end;
        _firstStop = firstStop;
        _endStop = endStop;
        _segment = address.Segment;
        _field = Narrow(address.Field);
        _repetition = Narrow(address.Repetition);
        _component = Narrow(address.Component);
        _subcomponent = Narrow(address.Subcomponent);
    }

    public bool Exists => _message is not null;

    public ReadOnlySpan<byte> Raw => _message is null ? default : _message.Raw.Span[_start.._end];

    public ReadOnlyMemory<byte> RawMemory => _message is null ? default : _message.Raw[_start.._end];

    public int Start => _start;

    public int Length => _end - _start;

    /// <summary>Nothing there but delimiters.</summary>
    public bool IsEmpty
    {
        get
        {
            var delimiters = 0;
            for (var stop = _firstStop; stop < _endStop; stop++)
            {
                delimiters += _message!.Index.Kind(stop) == StopKind.Escape ? 0 : 1;
            }

            return delimiters == Length;
        }
    }

    /// <summary>Two quotation marks: the sender asks for the value to be deleted (HL7 v2.5.1 §2.5.3).</summary>
    public bool IsNull => Length == 2 && Raw is [(byte)'"', (byte)'"'];

    public Hl7Location Location => _message is null
        ? Hl7Location.Message
        : _message.LocationOf(_segment) with
        {
            Field = _field,
            Repetition = _repetition,
            Component = _component,
            Subcomponent = _subcomponent,
        };

    /// <summary>MSH-1 and MSH-2 declare the delimiters and are taken as written; elsewhere escapes are resolved.</summary>
    private bool IsVerbatim => _field <= 2 && SegmentName.DeclaresDelimiters(_message!.Index.Segments[_segment].Name);

    public string GetText() => _message is null ? string.Empty : Hl7Text.ToText(Raw, _message, IsVerbatim);

    public bool TryGetText(Span<byte> destination, out int written)
    {
        if (_message is null)
        {
            written = 0;
            return true;
        }

        return Hl7Text.TryWrite(Raw, _message, IsVerbatim, destination, out written);
    }

    /// <summary>How many parts the delimiters of that kind make; zero only for the missing extent.</summary>
    public int Count(int kind)
    {
        if (_message is null)
        {
            return 0;
        }

        var count = 1;
        for (var stop = _firstStop; stop < _endStop; stop++)
        {
            count += _message.Index.Kind(stop) == kind ? 1 : 0;
        }

        return count;
    }

    /// <summary>The part with that one-based number between delimiters of that kind; missing when there are fewer.</summary>
    public Hl7Extent Part(int kind, int number)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        if (_message is null)
        {
            return default;
        }

        var index = _message.Index;
        var start = _start;
        var firstStop = _firstStop;
        var part = 1;
        for (var stop = _firstStop; stop < _endStop; stop++)
        {
            if (index.Kind(stop) != kind)
            {
                continue;
            }

            if (part == number)
            {
                return Inner(kind, number, start, index.Offset(stop), firstStop, stop);
            }

            part++;
            start = index.Offset(stop) + 1;
            firstStop = stop + 1;
        }

        return part == number ? Inner(kind, number, start, _end, firstStop, _endStop) : default;
    }

    /// <summary>
    /// The next part between delimiters of that kind, going on where the cursor stands: walking all parts of a hostile
    /// field costs one pass, not one per part.
    /// </summary>
    public bool TryNext(int kind, ref PartCursor cursor, out Hl7Extent part)
    {
        if (_message is null || cursor.IsAtEnd)
        {
            part = default;
            return false;
        }

        var index = _message.Index;
        var isFirst = cursor.Number++ == 0;
        var start = isFirst ? _start : cursor.Start;
        var firstStop = isFirst ? _firstStop : cursor.Stop;
        var stop = firstStop;
        while (stop < _endStop && index.Kind(stop) != kind)
        {
            stop++;
        }

        cursor.IsAtEnd = stop >= _endStop;
        part = Inner(kind, cursor.Number, start, cursor.IsAtEnd ? _end : index.Offset(stop), firstStop, Math.Min(stop, _endStop));
        cursor.Start = cursor.IsAtEnd ? _end : index.Offset(stop) + 1;
        cursor.Stop = stop + 1;
        return true;
    }

    internal static Hl7Extent OfField(Hl7Message message, int segment, int field)
    {
        ref readonly var entry = ref message.Index.Segments[segment];
        var ordinal = field - 1;
        if (SegmentName.DeclaresDelimiters(entry.Name))
        {
            if (field <= 2)
            {
                return DelimiterField(message, segment, field);
            }

            ordinal = field - 2;
        }

        if (ordinal >= entry.FieldCount)
        {
            return default;
        }

        var index = message.Index;
        var stop = index.Fields[entry.FirstField + ordinal];
        var endStop = ordinal + 1 < entry.FieldCount ? index.Fields[entry.FirstField + ordinal + 1] : entry.EndStop;
        return new(message, index.Offset(stop) + 1, index.Offset(endStop), stop + 1, endStop, new(segment, field));
    }

    /// <summary>MSH-1 is the separator itself, MSH-2 is taken as written: neither has parts.</summary>
    private static Hl7Extent DelimiterField(Hl7Message message, int segment, int field)
    {
        var index = message.Index;
        ref readonly var entry = ref index.Segments[segment];
        if (entry.FieldCount == 0)
        {
            return default;
        }

        var separator = index.Offset(index.Fields[entry.FirstField]);
        var end = entry.FieldCount > 1 ? index.Offset(index.Fields[entry.FirstField + 1]) : entry.End;
        return field == 1
            ? new(message, separator, separator + 1, 0, 0, new(segment, field))
            : new(message, separator + 1, end, 0, 0, new(segment, field));
    }

    private Hl7Extent Inner(int kind, int number, int start, int end, int firstStop, int endStop)
    {
        var address = new Address(_segment, _field, _repetition, _component, _subcomponent);
        address = kind switch
        {
            StopKind.Repetition => address with { Repetition = number },
            StopKind.Component => address with { Component = number },
            _ => address with { Subcomponent = number },
        };
        return new(_message!, start, end, firstStop, endStop, address);
    }

    /// <summary>Addresses are for people; past 32,767 parts they stop counting.</summary>
    private static short Narrow(int number) => (short)Math.Min(number, short.MaxValue);

    private readonly record struct Address(
        int Segment, int Field, int Repetition = 0, int Component = 0, int Subcomponent = 0);
}

/// <summary>How far a walk over the parts of an extent has come.</summary>
internal struct PartCursor
{
    public int Start;
    public int Stop;
    public int Number;
    public bool IsAtEnd;
}
