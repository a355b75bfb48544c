using Isthmus.Hl7v2;

namespace Isthmus.Mapping.Reverse;

/// <summary>
/// One segment while it is filled: values come in any order and each place takes the first. Reused from segment to segment.
/// </summary>
internal sealed class SegmentSheet
{
    /// <summary>A field that repeats more often is a list that went astray; the writer takes no more.</summary>
    public const int MostRepetitions = Hl7WritableSegment.LargestNumber;

    private Cell[] cells = new Cell[64];
    private byte[] text = new byte[4096];
    private int count;
    private int length;

    public bool IsEmpty => count == 0;

    /// <summary>Whether a character beyond ASCII was written since the message began.</summary>
    public bool HasBeyondAscii { get; set; }

    /// <summary>Whether nothing may be added: what comes now is only asked whether it is said already.</summary>
    public bool IsClosed { get; set; }

    public void Clear() => count = length = 0;

    /// <summary>Whether the place, or a part of it, has a value.</summary>
    public bool Has(in Place place)
    {
        for (var i = 0; i < count; i++)
        {
            if (place.Holds(cells[i].Key))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The number of the repetition behind those that have a value.</summary>
    public int NextRepetition(int field)
    {
        var last = 0;
        for (var i = 0; i < count; i++)
        {
            last = (int)(cells[i].Key >> 48) == field ? Math.Max(last, (int)((cells[i].Key >> 32) & 0xFFFF)) : last;
        }

        return last + 1;
    }

    /// <summary>Puts a text, UTF-8 and unescaped, at a place; false if another one is there, so that the sheet does not say this one.</summary>
    public bool Write(in Place place, ReadOnlySpan<byte> value)
    {
        var key = place.Key;
        for (var i = 0; i < count; i++)
        {
            if (cells[i].Key == key)
            {
                return value.SequenceEqual(text.AsSpan(cells[i].Start, cells[i].Length));
            }
        }

        if (((key >> 32) & 0xFFFF) > MostRepetitions)
        {
            return false;
        }

        if (value.IsEmpty || IsClosed)
        {
            return value.IsEmpty;
        }

        if (count == cells.Length)
        {
            Array.Resize(ref cells, count * 2);
        }

        if (length + value.Length > text.Length)
        {
            Array.Resize(ref text, Math.Max(text.Length * 2, length + value.Length));
        }

        value.CopyTo(text.AsSpan(length));
        HasBeyondAscii |= !System.Text.Ascii.IsValid(value);
        cells[count++] = new Cell(key, length, value.Length);
        length += value.Length;
        return true;
    }

    /// <summary>Writes what was put here into a segment of a message, in the order of the places.</summary>
    public void WriteTo(Hl7WritableSegment segment)
    {
        cells.AsSpan(0, count).Sort(static (one, other) => one.Key.CompareTo(other.Key));
        foreach (var cell in cells.AsSpan(0, count))
        {
            var key = cell.Key;
            segment.Set((int)(key >> 48), (int)((key >> 32) & 0xFFFF), (int)((key >> 16) & 0xFFFF), (int)(key & 0xFFFF), text.AsSpan(cell.Start, cell.Length));
        }
    }

    private readonly record struct Cell(long Key, int Start, int Length);
}
