using System.Buffers;
using Isthmus.Hl7v2;

namespace Isthmus.Mapping.Reverse;

/// <summary>
/// One segment while it is filled: values come in any order and each place takes the first. It is written once, with its delimiters and
/// escapes (HL7 v2.5.1 §2.5.4, §2.7). Reused from segment to segment.
/// </summary>
internal sealed class SegmentSheet
{
    private static readonly SearchValues<byte> Special = SearchValues.Create("|^~\\&\r\n\t\0"u8);

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

    /// <summary>Writes the segment with its end. MSH brings its delimiters, which are its first two fields.</summary>
    public void WriteTo(string name, IBufferWriter<byte> output)
    {
        output.Advance(System.Text.Encoding.ASCII.GetBytes(name, output.GetSpan(name.Length)));
        var at = new Place(0, 1, 1, 1);
        if (name == "MSH")
        {
            output.Write("|^~\\&"u8);
            at = at with { Field = 2 };
        }

        cells.AsSpan(0, count).Sort(static (one, other) => one.Key.CompareTo(other.Key));
        for (var i = 0; i < count; i++)
        {
            var key = cells[i].Key;
            at = Separate(output, at, new Place((int)(key >> 48), (int)((key >> 32) & 0xFFFF), (int)((key >> 16) & 0xFFFF), (int)(key & 0xFFFF)));
            Escape(output, text.AsSpan(cells[i].Start, cells[i].Length));
        }

        output.Write("\r"u8);
    }

    private static Place Separate(IBufferWriter<byte> output, Place at, Place next)
    {
        if (next.Field > at.Field)
        {
            Repeat(output, (byte)'|', next.Field - at.Field);
            at = new Place(next.Field, 1, 1, 1);
        }

        if (next.Repetition > at.Repetition)
        {
            Repeat(output, (byte)'~', next.Repetition - at.Repetition);
            at = new Place(next.Field, next.Repetition, 1, 1);
        }

        if (next.Component > at.Component)
        {
            Repeat(output, (byte)'^', next.Component - at.Component);
            at = at with { Component = next.Component, Subcomponent = 1 };
        }

        Repeat(output, (byte)'&', next.Subcomponent - at.Subcomponent);
        return next;
    }

    private static void Repeat(IBufferWriter<byte> output, byte character, int times)
    {
        output.GetSpan(times + 1)[..times].Fill(character);
        output.Advance(times);
    }

    private static void Escape(IBufferWriter<byte> output, ReadOnlySpan<byte> value)
    {
        for (var special = value.IndexOfAny(Special); special >= 0; special = value.IndexOfAny(Special))
        {
            output.Write(value[..special]);
            output.Write(value[special] switch
            {
                (byte)'|' => "\\F\\"u8,
                (byte)'^' => "\\S\\"u8,
                (byte)'~' => "\\R\\"u8,
                (byte)'\\' => "\\E\\"u8,
                (byte)'&' => "\\T\\"u8,
                (byte)'\n' => "\\.br\\"u8,
                (byte)'\r' => "\\X0D\\"u8,
                (byte)'\t' => "\\X09\\"u8,
                _ => "?"u8,
            });
            value = value[(special + 1)..];
        }

        output.Write(value);
    }

    private readonly record struct Cell(long Key, int Start, int Length);
}
