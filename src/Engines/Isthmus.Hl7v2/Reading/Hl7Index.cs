namespace Isthmus.Hl7v2;

/// <summary>What a delimiter in the index is. The order matters: everything below <see cref="SegmentEnd"/> stands inside a segment.</summary>
internal static class StopKind
{
    public const int Field = 0;
    public const int Repetition = 1;
    public const int Component = 2;
    public const int Subcomponent = 3;
    public const int Escape = 4;
    public const int SegmentEnd = 5;
    public const int Control = 6;
}

/// <summary>Where one segment lies: its bytes, and its fields as a run in <see cref="Hl7Index.Fields"/>.</summary>
internal struct SegmentEntry
{
    public int Start;
    public int End;

    /// <summary>The three name characters as a number, or zero where they are no segment name.</summary>
    public int Name;
    public int FirstField;
    public int FieldCount;

    /// <summary>The stop that ends the segment.</summary>
    public int EndStop;
}

/// <summary>
/// The structure of a message in three flat arrays that are kept and refilled: every delimiter in order of
/// appearance ("stops", offset and kind in one int), every field as the stop before it, every segment as a run
/// of fields. Repetitions, components and sub-components are found by walking the few stops of one field.
/// </summary>
internal sealed class Hl7Index
{
    /// <summary>Above this many ints an array is given back after a giant message, so that one PDF does not cost 64 MiB for ever.</summary>
    private const int KeptInts = 1 << 18;

    /// <summary>A kind takes three bits of a stop.</summary>
    public const int KindBits = 3;
    public const int KindMask = (1 << KindBits) - 1;

    /// <summary>Up to so many segments it is cheaper to look through them than to remember anything.</summary>
    private const int ManySegments = 512;

    private int[] occurrences = [];
    private int counted;

    public int[] Stops { get; private set; } = new int[1024];

    public int[] Fields { get; private set; } = new int[512];

    public SegmentEntry[] Segments { get; private set; } = new SegmentEntry[32];

    public int StopCount { get; set; }

    public int FieldCount { get; set; }

    public int SegmentCount { get; private set; }

    /// <summary>Where the last long walk for a place ended.</summary>
    public Hl7Passed? Passed { get; set; }

    /// <summary>How many stops were walked over to name places: what a test of linear work counts.</summary>
    public long Located { get; set; }

    public bool HasEscapes { get; set; }

    public bool HasControls { get; set; }

    public bool HasNonAscii { get; set; }

    public static int Pack(int offset, int kind) => (offset << KindBits) | kind;

    public int Offset(int stop) => Stops[stop] >> KindBits;

    public int Kind(int stop) => Stops[stop] & KindMask;

    public void Clear()
    {
        StopCount = FieldCount = SegmentCount = counted = 0;
        Passed = null;
        Located = 0;
        HasEscapes = HasControls = HasNonAscii = false;
        if (Stops.Length > KeptInts)
        {
            Stops = new int[KeptInts];
            Fields = new int[KeptInts];
        }
    }

    /// <summary>Makes room for that many more stops and fields.</summary>
    public void Reserve(int stops, int fields)
    {
        if (stops > Stops.Length)
        {
            Stops = Grown(Stops, stops);
        }

        if (fields > Fields.Length)
        {
            Fields = Grown(Fields, fields);
        }
    }

    public void Add(in SegmentEntry segment)
    {
        if (SegmentCount == Segments.Length)
        {
            Segments = Grown(Segments, SegmentCount + 1);
        }

        Segments[SegmentCount++] = segment;
    }

    /// <summary>Forgets that segment and all that follow.</summary>
    public void EndBefore(int segment) => SegmentCount = segment;

    /// <summary>How many segments of its name there are up to that one. In a long message all are counted when first asked, for places are asked for by the thousand.</summary>
    public int Occurrence(int segment)
    {
        if (SegmentCount <= ManySegments)
        {
            var occurrence = 0;
            for (var i = 0; i <= segment; i++)
            {
                occurrence += Segments[i].Name == Segments[segment].Name ? 1 : 0;
            }

            return occurrence;
        }

        if (segment >= counted)
        {
            if (occurrences.Length < SegmentCount)
            {
                occurrences = new int[Segments.Length];
            }

            var names = new Dictionary<int, int>();
            for (counted = 0; counted < SegmentCount; counted++)
            {
                occurrences[counted] = names[Segments[counted].Name] = names.GetValueOrDefault(Segments[counted].Name) + 1;
            }
        }

        return occurrences[segment];
    }

    private static T[] Grown<T>(T[] array, int atLeast)
    {
        Array.Resize(ref array, Math.Max(atLeast, array.Length * 2));
        return array;
    }
}
