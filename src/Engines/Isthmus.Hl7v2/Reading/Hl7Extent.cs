namespace Isthmus.Hl7v2;

/// <summary>
/// A stretch of a message with the stops inside it: what field, repetition, component and sub-component have in
/// common. The default value is the missing extent, which is empty and has no parts.
/// </summary>
internal readonly struct Hl7Extent
{
    private readonly Hl7Message? message;
    private readonly int start;
    private readonly int end;
    private readonly int firstStop;
    private readonly int endStop;
    private readonly int segment;
    private readonly short field;
    private readonly short repetition;
    private readonly short component;
    private readonly short subcomponent;

    private Hl7Extent(Hl7Message message, int start, int end, int firstStop, int endStop, Address address)
    {
        this.message = message;
        this.start = start;
        this.end = end;
        this.firstStop = firstStop;
        this.endStop = endStop;
        segment = address.Segment;
        field = Narrow(address.Field);
        repetition = Narrow(address.Repetition);
        component = Narrow(address.Component);
        subcomponent = Narrow(address.Subcomponent);
    }

    public bool Exists => message is not null;

    public ReadOnlySpan<byte> Raw => message is null ? default : message.Raw.Span[start..end];

    public ReadOnlyMemory<byte> RawMemory => message is null ? default : message.Raw[start..end];

    public int Start => start;

    public int Length => end - start;

    /// <summary>Nothing there but delimiters.</summary>
    public bool IsEmpty
    {
        get
        {
            var delimiters = 0;
            for (var stop = firstStop; stop < endStop; stop++)
            {
                delimiters += message!.Index.Kind(stop) == StopKind.Escape ? 0 : 1;
            }

            return delimiters == Length;
        }
    }

    /// <summary>Two quotation marks: the sender asks for the value to be deleted (HL7 v2.5.1 §2.5.3).</summary>
    public bool IsNull => Length == 2 && Raw is [(byte)'"', (byte)'"'];

    /// <summary>The sender's truncation character ends it (HL7 v2.7 §2.5.5.2).</summary>
    public bool IsTruncated => message is { Delimiters.Truncation: not 0 } && Raw is [.., var last] && last == message.Delimiters.Truncation;

    public Hl7Location Location => message is null
        ? Hl7Location.Message
        : message.LocationOf(segment) with
        {
            Field = this.field,
            Repetition = repetition,
            Component = component,
            Subcomponent = subcomponent,
        };

    /// <summary>MSH-1 and MSH-2 declare the delimiters and are taken as written; elsewhere escapes are resolved.</summary>
    private bool IsVerbatim => this.field <= 2 && SegmentName.DeclaresDelimiters(message!.Index.Segments[segment].Name);

    public string GetText() => message is null ? string.Empty : Hl7Text.ToText(Raw, message, IsVerbatim);

    public bool TryGetText(Span<byte> destination, out int written)
    {
        if (message is null)
        {
            written = 0;
            return true;
        }

        return Hl7Text.TryWrite(Raw, message, IsVerbatim, destination, out written);
    }

    /// <summary>How many parts the delimiters of that kind make; zero only for the missing extent.</summary>
    public int Count(int kind)
    {
        if (message is null)
        {
            return 0;
        }

        var count = 1;
        for (var stop = firstStop; stop < endStop; stop++)
        {
            count += message.Index.Kind(stop) == kind ? 1 : 0;
        }

        return count;
    }

    /// <summary>The part with that one-based number between delimiters of that kind; missing when there are fewer.</summary>
    public Hl7Extent Part(int kind, int number)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        if (message is null)
        {
            return default;
        }

        var index = message.Index;
        var start = this.start;
        var firstStop = this.firstStop;
        var part = 1;
        for (var stop = this.firstStop; stop < endStop; stop++)
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

        return part == number ? Inner(kind, number, start, end, firstStop, endStop) : default;
    }

    /// <summary>
    /// The next part between delimiters of that kind, going on where the cursor stands: walking all parts of a hostile
    /// field costs one pass, not one per part.
    /// </summary>
    public bool TryNext(int kind, ref PartCursor cursor, out Hl7Extent part)
    {
        if (message is null || cursor.IsAtEnd)
        {
            part = default;
            return false;
        }

        var index = message.Index;
        var isFirst = cursor.Number++ == 0;
        var start = isFirst ? this.start : cursor.Start;
        var firstStop = isFirst ? this.firstStop : cursor.Stop;
        var stop = firstStop;
        while (stop < endStop && index.Kind(stop) != kind)
        {
            stop++;
        }

        cursor.IsAtEnd = stop >= endStop;
        part = Inner(kind, cursor.Number, start, cursor.IsAtEnd ? end : index.Offset(stop), firstStop, Math.Min(stop, endStop));
        cursor.Start = cursor.IsAtEnd ? end : index.Offset(stop) + 1;
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
        var address = new Address(segment, field, repetition, component, subcomponent);
        address = kind switch
        {
            StopKind.Repetition => address with { Repetition = number },
            StopKind.Component => address with { Component = number },
            _ => address with { Subcomponent = number },
        };
        return new(message!, start, end, firstStop, endStop, address);
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
