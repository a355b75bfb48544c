using System.Diagnostics.CodeAnalysis;

namespace Isthmus.Hl7v2;

/// <summary>
/// One innermost part of a message: where it is and how long, as numbers. Numbers are one-based, as in the standard;
/// lengths and offsets are bytes.
/// </summary>
/// <param name="Segment">Position in the message, zero-based.</param>
/// <param name="Offset">In <see cref="Hl7Message.Raw"/>.</param>
/// <param name="Escapes">How many complete escape sequences stand in it.</param>
/// <param name="EscapeLength">The bytes of those sequences, escape characters included.</param>
public readonly record struct Hl7Part(
    int Segment, int Field, int Repetition, int Component, int Subcomponent, int Offset, int Length, int Escapes, int EscapeLength);

/// <summary>
/// Every innermost part of a message in order, in one pass over its index and without allocation: for those who look at
/// everything. <c>foreach</c> over <see cref="Hl7Message.Parts"/>.
/// </summary>
public ref struct Hl7Parts
{
    private readonly ReadOnlySpan<SegmentEntry> segments;
    private readonly ReadOnlySpan<int> stops;
    private readonly ReadOnlySpan<int> fields;
    private Hl7Part current;
    private int segment = -1;
    private int stop;
    private int endStop;
    private int start;
    private int field;
    private int repetition;
    private int component;
    private int subcomponent;

    internal Hl7Parts(Hl7Index index)
    {
        segments = index.Segments.AsSpan(0, index.SegmentCount);
        stops = index.Stops.AsSpan(0, index.StopCount);
        fields = index.Fields.AsSpan(0, index.FieldCount);
    }

    /// <summary>Valid until the next <see cref="MoveNext"/>.</summary>
    [UnscopedRef]
    public readonly ref readonly Hl7Part Current => ref current;

    public readonly Hl7Parts GetEnumerator() => this;

    public bool MoveNext()
    {
        if (stop >= endStop && !MoveToSegment())
        {
            return false;
        }

        int escapes = 0, escapeLength = 0;
        while (true)
        {
            var packed = stops[++stop];
            var offset = packed >> Hl7Index.KindBits;
            var kind = packed & Hl7Index.KindMask;
            if (kind == StopKind.Escape)
            {
                // Two in a row enclose a sequence; one alone is text.
                if ((stops[stop + 1] & Hl7Index.KindMask) == StopKind.Escape)
                {
                    escapes++;
                    escapeLength += (stops[++stop] >> Hl7Index.KindBits) - offset + 1;
                }

                continue;
            }

            current = new(segment, field, repetition, component, subcomponent, start, offset - start, escapes, escapeLength);
            start = offset + 1;
            Count(kind);
            return true;
        }
    }

    /// <summary>What the delimiter begins counts on, what stands below it begins anew: sums, for a branch would be mispredicted.</summary>
    private void Count(int kind)
    {
        subcomponent = kind < StopKind.Subcomponent ? 1 : subcomponent + 1;
        component = kind < StopKind.Component ? 1 : component + (kind == StopKind.Component ? 1 : 0);
        repetition = kind < StopKind.Repetition ? 1 : repetition + (kind == StopKind.Repetition ? 1 : 0);
        field += kind == StopKind.Field ? 1 : 0;
    }

    /// <summary>The next segment that has fields. MSH-2 and its like are one part: their characters are no structure.</summary>
    private bool MoveToSegment()
    {
        while (++segment < segments.Length)
        {
            ref readonly var entry = ref segments[segment];
            if (entry.FieldCount > 0)
            {
                stop = fields[entry.FirstField];
                endStop = entry.EndStop;
                start = (stops[stop] >> Hl7Index.KindBits) + 1;
                field = 1;
                if (SegmentName.DeclaresDelimiters(entry.Name))
                {
                    field = 2;
                    stop = (entry.FieldCount > 1 ? fields[entry.FirstField + 1] : endStop) - 1;
                }

                repetition = component = subcomponent = 1;
                return true;
            }
        }

        return false;
    }
}
