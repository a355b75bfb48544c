using System.Buffers.Binary;
using System.Security.Cryptography;
using Isthmus.Hl7v2;

namespace Isthmus.Mapping.Reverse;

/// <summary>
/// One segment while it is filled: values come in any order and each place takes the first. Reused from segment to segment.
/// </summary>
internal sealed class SegmentSheet
{
    /// <summary>A field that repeats more often is a list that went astray; the writer takes no more.</summary>
    public const int MostRepetitions = Hl7WritableSegment.LargestNumber;

    /// <summary>A sheet that held more is not emptied but replaced: emptying costs its whole size, for every segment that follows.</summary>
    private const int KeptPlaces = 1_024;

    private const int PartOnly = -1;

    private readonly Dictionary<int, int> repetitions = [];

    /// <summary>The cell at a place, or <see cref="PartOnly"/> for a whole of which some part has a value.</summary>
    private Dictionary<long, int> places = [];
    private Cell[] cells = new Cell[64];
    private byte[] text = new byte[4096];
    private int count;
    private int length;

    public bool IsEmpty => count == 0;

    /// <summary>Whether a character beyond ASCII was written since the message began.</summary>
    public bool HasBeyondAscii { get; set; }

    /// <summary>Whether nothing may be added: what comes now is only asked whether it is said already.</summary>
    public bool IsClosed { get; set; }

    public void Clear()
    {
        count = length = 0;
        repetitions.Clear();
        if (places.Count > KeptPlaces)
        {
            places = [];
        }

        places.Clear();
    }

    /// <summary>Whether the place, or a part of it, has a value.</summary>
    public bool Has(in Place place) => places.ContainsKey(place.OwnKey);

    /// <summary>The number of the repetition behind those that have a value.</summary>
    public int NextRepetition(int field) => repetitions.GetValueOrDefault(field) + 1;

    /// <summary>Puts a text, UTF-8 and unescaped, at a place; false if another one is there, so that the sheet does not say this one.</summary>
    public bool Write(in Place place, ReadOnlySpan<byte> value)
    {
        var key = place.Key;
        if (places.TryGetValue(key, out var there) && there >= 0)
        {
            return value.SequenceEqual(text.AsSpan(cells[there].Start, cells[there].Length));
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
        cells[count] = new Cell(key, length, value.Length);
        places[key] = count++;
        length += value.Length;
        Note(place);
        return true;
    }

    /// <summary>Notes that the wholes around a place have a value, too.</summary>
    private void Note(in Place place)
    {
        var component = place with { Component = Math.Max(place.Component, 1), Subcomponent = 0 };
        places.TryAdd(component.OwnKey, PartOnly);
        places.TryAdd((component with { Component = 0 }).OwnKey, PartOnly);
        repetitions[place.Field] = Math.Max(repetitions.GetValueOrDefault(place.Field), place.Repetition);
    }

    /// <summary>Adds what was put here so far, with its places, to a hash.</summary>
    public void AppendTo(IncrementalHash hash)
    {
        Span<byte> place = stackalloc byte[sizeof(long)];
        foreach (var cell in cells.AsSpan(0, count))
        {
            BinaryPrimitives.WriteInt64BigEndian(place, cell.Key);
            hash.AppendData(place);
            hash.AppendData(text.AsSpan(cell.Start, cell.Length));
        }
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
