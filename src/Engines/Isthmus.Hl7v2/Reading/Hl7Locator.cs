namespace Isthmus.Hl7v2;

/// <summary>Turns a byte offset into the place an analyst would name. Only used for findings.</summary>
internal static class Hl7Locator
{
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

        int repetitions = 1, components = 1, subcomponents = 1;
        for (var stop = index.Fields[entry.FirstField + field - 1] + 1; stop < entry.EndStop && index.Offset(stop) < offset; stop++)
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
