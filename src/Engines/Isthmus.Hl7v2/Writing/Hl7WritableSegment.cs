using System.Buffers;
using System.Text;

namespace Isthmus.Hl7v2;

/// <summary>
/// One segment of a message that is built or edited. Parts are addressed as in the standard, from one; zero stands for
/// the whole of that level, so that <c>Set(3, 2, 0, 0, text)</c> replaces the second repetition. What is missing before a
/// part is made of empty parts.
/// </summary>
public sealed class Hl7WritableSegment
{
    /// <summary>9,999: no field of the standard comes near it, and a number gone wrong must not fill memory with delimiters.</summary>
    public const int LargestNumber = 9_999;

    private readonly SegmentText text = new();
    private readonly Hl7Writing writing;

    /// <summary>The part put last, while it ends the text: what comes behind it needs no search. All zero where there is none such.</summary>
    private (int Field, int Repetition, int Component, int Subcomponent) tail;

    internal Hl7WritableSegment(Hl7Writing writing) => this.writing = writing;

    /// <summary>Three characters; empty for a line that has no segment name.</summary>
    public string Name { get; private set; } = string.Empty;

    /// <summary>The segment as it stands now, without its end.</summary>
    public ReadOnlySpan<byte> Raw => text.Bytes;

    /// <inheritdoc cref="SegmentText.Work"/>
    internal long Work => text.Work;

    /// <summary>Which of the segments of its name it is, for findings.</summary>
    internal int Occurrence { get; set; } = 1;

    /// <summary>Its character set is one that cannot be written: nothing in it changes.</summary>
    internal bool IsLocked { get; init; }

    /// <summary>Something has been put in since <see cref="Start"/>.</summary>
    internal bool IsChanged { get; private set; }

    /// <summary>Sets the first component of the first repetition.</summary>
    public bool Set(int field, string value) => Set(field, 1, 1, 1, value);

    /// <summary>Sets a component down to its first sub-component.</summary>
    public bool Set(int field, int repetition, int component, string value) => Set(field, repetition, component, 1, value);

    /// <inheritdoc cref="Set(int, int, int, int, ReadOnlySpan{byte})"/>
    public bool Set(int field, int repetition, int component, int subcomponent, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(value.Length));
        try
        {
            return Set(field, repetition, component, subcomponent, utf8.AsSpan(0, Encoding.UTF8.GetBytes(value, utf8)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(utf8, clearArray: true);
        }
    }

    /// <summary>Sets the first component of the first repetition.</summary>
    public bool Set(int field, ReadOnlySpan<byte> utf8) => Set(field, 1, 1, 1, utf8);

    /// <summary>
    /// Sets a part to a text. What would be structure is escaped, line breaks become <c>\.br\</c>.
    /// </summary>
    /// <returns>
    /// False, with nothing changed and a finding added, where the text cannot be written: it holds a control character,
    /// is no UTF-8, has characters that the message's character set lacks, or needs a delimiter that the message does not
    /// declare.
    /// </returns>
    public bool Set(int field, int repetition, int component, int subcomponent, ReadOnlySpan<byte> utf8)
    {
        Check(field, repetition, component, subcomponent);
        var rule = IsLocked ? Hl7Rules.WriteCharset : writing.MissingDelimiter(repetition, component, subcomponent);
        byte[]? rented = null;
        try
        {
            var raw = utf8;
            if (rule is null && !writing.IsPlain(utf8))
            {
                rented = ArrayPool<byte>.Shared.Rent(Hl7Escaping.MostBytes(utf8.Length));
                rule = writing.Write(utf8, rented, out var written);
                raw = rented.AsSpan(0, written);
            }

            if (rule is not null)
            {
                writing.Refuse(rule, new(Name, Occurrence, field, repetition, component, subcomponent));
                return false;
            }

            if (!Append((field, repetition, component, subcomponent), raw))
            {
                var atEnd = Put(field, repetition, component, subcomponent, raw);
                tail = atEnd && subcomponent > 0 ? (field, repetition, component, subcomponent) : default;
            }

            return true;
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented, clearArray: true);
            }
        }
    }

    /// <summary>Sets a part to <c>""</c>: the receiver is to delete the value (HL7 v2.5.1 §2.5.3).</summary>
    public void SetNull(int field, int repetition = 0, int component = 0, int subcomponent = 0) =>
        SetRaw(field, repetition, component, subcomponent, "\"\""u8);

    /// <summary>Empties a part; the delimiters around it stay.</summary>
    public void Clear(int field, int repetition = 0, int component = 0, int subcomponent = 0) =>
        SetRaw(field, repetition, component, subcomponent, default);

    /// <summary>Sets a part to bytes as they stand, delimiters and escapes included, in the message's own character set.</summary>
    /// <exception cref="ArgumentException">
    /// The bytes would end the field or the segment, the part needs a delimiter that is not declared, or the segment is
    /// written in sets that are not written back.
    /// </exception>
    public void SetRaw(int field, int repetition, int component, int subcomponent, ReadOnlySpan<byte> raw)
    {
        Check(field, repetition, component, subcomponent);
        if (IsLocked || raw.IndexOfAny((byte)'\r', (byte)'\n', writing.Delimiters.Field) >= 0 || writing.MissingDelimiter(repetition, component, subcomponent) is not null)
        {
            throw new ArgumentException("Raw bytes of a part hold neither a field separator nor a line end, and need the delimiters of the message.", nameof(raw));
        }

        Put(field, repetition, component, subcomponent, raw);
        tail = default;
    }

    public override string ToString() => $"{nameof(Hl7WritableSegment)}({text.Length} bytes)";

    internal void Start(ReadOnlySpan<byte> line)
    {
        text.Start(line);
        var end = line.IndexOf(writing.Delimiters.Field);
        Name = SegmentName.Text(SegmentName.Key(end < 0 ? line : line[..end])) ?? string.Empty;
        Occurrence = 1;
        IsChanged = false;
        tail = default;
    }

    /// <summary>
    /// Writes a part that lies behind all others: a field of ten thousand repetitions, written in their order, costs no search of the ten
    /// thousand for each. False where it does not.
    /// </summary>
    private bool Append((int Field, int Repetition, int Component, int Subcomponent) part, ReadOnlySpan<byte> raw)
    {
        if (tail.Field == 0 || part.Subcomponent == 0 || part.CompareTo(tail) <= 0)
        {
            return false;
        }

        var delimiters = writing.Delimiters;
        var (repetition, component, subcomponent) =
            part.Field > tail.Field ? (1, 1, 1)
            : part.Repetition > tail.Repetition ? (tail.Repetition, 1, 1)
            : part.Component > tail.Component ? (part.Repetition, tail.Component, 1)
            : (part.Repetition, part.Component, tail.Subcomponent);
        text.Append(delimiters.Field, part.Field - tail.Field);
        text.Append(delimiters.Repetition, part.Repetition - repetition);
        text.Append(delimiters.Component, part.Component - component);
        text.Append(delimiters.Subcomponent, part.Subcomponent - subcomponent);
        text.Replace(text.Length, text.Length, raw);
        tail = part;
        IsChanged = true;
        return true;
    }

    /// <summary>Whether the part now ends the text.</summary>
    private bool Put(int field, int repetition, int component, int subcomponent, ReadOnlySpan<byte> raw)
    {
        int start = 0, end = text.Length;
        var delimiters = writing.Delimiters;

        // The name is the first part; MSH-1 is the separator itself and takes no part of its own.
        text.Enter(ref start, ref end, delimiters.Field, SegmentName.DeclaresDelimiters(SegmentName.Key(Name)) ? field : field + 1);
        Descend(delimiters.Repetition, repetition);
        Descend(delimiters.Component, component);
        Descend(delimiters.Subcomponent, subcomponent);
        var isLast = end == text.Length;
        text.Replace(start, end, raw);
        IsChanged = true;
        return isLast;

        void Descend(byte delimiter, int number)
        {
            if (number > 0 && delimiter != 0)
            {
                text.Enter(ref start, ref end, delimiter, number);
            }
        }
    }

    private void Check(int field, int repetition, int component, int subcomponent)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(field, SegmentName.DeclaresDelimiters(SegmentName.Key(Name)) ? 3 : 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(field, LargestNumber);
        ArgumentOutOfRangeException.ThrowIfNegative(repetition);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(repetition, LargestNumber);
        ArgumentOutOfRangeException.ThrowIfNegative(component);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(component, repetition == 0 ? 0 : LargestNumber);
        ArgumentOutOfRangeException.ThrowIfNegative(subcomponent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(subcomponent, component == 0 ? 0 : LargestNumber);
    }
}
