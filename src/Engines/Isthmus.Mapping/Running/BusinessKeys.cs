namespace Isthmus.Mapping.Running;

/// <summary>What makes two resources the same, composed where the table of resources keeps it.</summary>
internal static class BusinessKeys
{
    private static readonly int MshKey = GroupDefinition.KeyOf("MSH");

    /// <summary>
    /// The key of a resource made by a map out of a value. The part that leads must be valued; without it the whole value tells one
    /// from another, and of a segment the message's control id and the segment's position.
    /// </summary>
    /// <returns>The key's length in the room of the table.</returns>
    public static int Compose(TranslationRun run, CompiledMap map, int frame, Slice value)
    {
        var length = 0;
        var leads = false;
        foreach (var source in map.Key)
        {
            var part = run.Text.Innermost(source(run, frame));
            leads |= length == 0 && !part.IsEmpty;
            length = run.Resources.AppendKey(length, run.Text.Bytes(part));
        }

        if (leads)
        {
            return length;
        }

        if (map.IsSegment)
        {
            return OfPosition(run, run.FrameAt(frame).Segment);
        }

        run.Text.Bytes(value).CopyTo(run.Resources.KeyRoom(value.Length));
        return value.Length;
    }

    /// <summary>The key of a resource of a message map: its parts, or control id and position where the part that leads is missing.</summary>
    public static int Compose(TranslationRun run, ResourceDefinition defined, ref ResourceEntry entry)
    {
        var length = 0;
        var leads = false;
        for (var part = 0; part < defined.Key.Length; part++)
        {
            var value = Valued(run, defined.Key[part], ref entry);
            leads |= part == 0 && !value.IsEmpty;
            length = run.Resources.AppendKey(length, run.Text.Bytes(value));
        }

        return leads ? length : OfPosition(run, entry.Segment);
    }

    private static int OfPosition(TranslationRun run, int segment)
    {
        Span<byte> position = [(byte)(segment >> 16), (byte)(segment >> 8), (byte)segment];
        var length = run.Resources.AppendKey(0, run.Text.Bytes(run.Text.Innermost(run.FieldOf(0, 10))));
        return run.Resources.AppendKey(length, position);
    }

    private static Slice Valued(TranslationRun run, KeyPart part, ref ResourceEntry entry)
    {
        foreach (var (segmentKey, field, component, subcomponent) in part.Alternatives)
        {
            var segment = run.Groups.KeyAt(entry.Segment) == segmentKey ? entry.Segment
                : segmentKey == MshKey ? 0
                : run.Groups.Nearest(entry.Group, segmentKey);
            if (segment < 0)
            {
                continue;
            }

            var value = run.FieldOf(segment, field);
            value = component == 0 ? value : run.Text.Part(value, component);
            value = subcomponent == 0 ? value : run.Text.Part(value, subcomponent);
            // A code's suffix is part of what is told: an addendum (71020&ADT) is not the impression (71020&IMP) again.
            value = component == 0 ? run.Text.Trim(value)
                : subcomponent == 0 ? run.Text.Trim(run.Text.WithoutTrailingDelimiters(value))
                : run.Text.Innermost(value);
            if (!value.IsEmpty)
            {
                return value;
            }
        }

        return default;
    }
}
