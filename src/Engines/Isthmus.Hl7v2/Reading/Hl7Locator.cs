namespace Isthmus.Hl7v2;

/// <summary>Turns a byte offset into the place an analyst would name. Only used for findings.</summary>
internal static class Hl7Locator
{
    /// <summary>Whoever walks further leaves word how far it came: in a field of ten thousand repetitions places are asked for one behind the other.</summary>
    private const int LongWalk = 32;

    public static Hl7Location Locate(Hl7Message message, int offset)
    {
        var index = message.Index;
        int low = 0, high = index.SegmentCount - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            ref readonly var segment = ref index.Segments[middle];
            if (offset < segment.Start)
            {
                high = middle - 1;
            }
            else if (offset > segment.End)
            {
                low = middle + 1;
            }
            else
            {
                return Inside(message, middle, offset);
            }
        }

        return Hl7Location.Message;
    }

    private static Hl7Location Inside(Hl7Message message, int segment, int offset)
    {
        var index = message.Index;
        ref readonly var entry = ref index.Segments[segment];
        var place = message.LocationOf(segment);
        var field = 0;
        while (field < entry.FieldCount && index.Offset(index.Fields[entry.FirstField + field]) < offset)
        {
            field++;
        }

        if (field == 0)
        {
            return place;
        }

        var first = index.Fields[entry.FirstField + field - 1] + 1;
        int from = first, repetitions = 1, components = 1, subcomponents = 1;
        if (index.Passed is { } passed && passed.First == first && index.Offset(passed.Stop - 1) < offset)
        {
            (_, from, repetitions, components, subcomponents) = passed;
        }

        var stop = from;
        for (; stop < entry.EndStop && index.Offset(stop) < offset; stop++)
        {
            switch (index.Kind(stop))
            {
                case StopKind.Repetition:
                    repetitions++;
                    components = subcomponents = 1;
                    break;
                case StopKind.Component:
                    components++;
                    subcomponents = 1;
                    break;
                case StopKind.Subcomponent:
                    subcomponents++;
                    break;
            }
        }

        index.Located += stop - from;
        if (stop - from > LongWalk)
        {
            index.Passed = new Hl7Passed(first, stop, repetitions, components, subcomponents);
        }

        // A primitive field is named PID-8, not PID-8.1; the first part shows only beside a second.
        var isDeep = components > 1 || subcomponents > 1;
        return place with
        {
            Field = SegmentName.DeclaresDelimiters(entry.Name) ? field + 1 : field,
            Repetition = repetitions,
            Component = isDeep ? components : 0,
            Subcomponent = subcomponents > 1 ? subcomponents : 0,
        };
    }
}

/// <summary>How far a field has been walked, and at which part of it that is. Immutable, so that threads that share a message may share it.</summary>
/// <param name="First">The field's first stop.</param>
/// <param name="Stop">The first stop not walked over.</param>
internal sealed record Hl7Passed(int First, int Stop, int Repetitions, int Components, int Subcomponents);
