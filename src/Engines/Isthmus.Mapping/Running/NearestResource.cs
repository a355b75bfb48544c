namespace Isthmus.Mapping.Running;

/// <summary>Which resource a rule means that names one by its type only.</summary>
internal static class NearestResource
{
    /// <summary>
    /// Among those that the message map has made so far: the one of the same segment, else the first of the nearest group around it
    /// that holds one. The resource that refers never counts.
    /// </summary>
    /// <returns>Its index, or -1 if there is none.</returns>
    public static int Find(TranslationRun run, ReadOnlySpan<byte> type, int frame)
    {
        var self = run.RootOf(frame);
        for (var around = run.FrameAt(frame).Group; around >= 0; around = run.Groups.InstanceAt(around).Parent)
        {
            var first = FirstWithin(run, type, around, self);
            if (first >= 0)
            {
                return OfSegment(run, type, run.FrameAt(frame).Segment, around, self) is var same and >= 0 ? same : first;
            }
        }

        return -1;
    }

    private static int FirstWithin(TranslationRun run, ReadOnlySpan<byte> type, int group, int self)
    {
        var found = -1;
        for (var definition = 0; definition < run.Map.Resources.Length; definition++)
        {
            if (!type.SequenceEqual(run.Map.Resources[definition].Type))
            {
                continue;
            }

            var index = run.Within.FirstWithin(group, definition);
            if (index >= 0 && run.Resources[index].Node == self)
            {
                index = run.Within.CountWithin(group, definition) > 1 ? NextWithin(run, index, group) : -1;
            }

            found = found < 0 || (index >= 0 && index < found) ? index : found;
        }

        return found;
    }

    private static int NextWithin(TranslationRun run, int index, int group)
    {
        do
        {
            index = run.Resources[index].NextOfDefinition;
        }
        while (index >= 0 && !run.Groups.IsWithin(run.Resources[index].Group, group));

        return index;
    }

    /// <summary>The resources that a segment gave rise to are the latest.</summary>
    private static int OfSegment(TranslationRun run, ReadOnlySpan<byte> type, int segment, int group, int self)
    {
        var found = -1;
        for (var index = run.Resources.Count - 1; index >= 0 && run.Resources[index].Segment == segment; index--)
        {
            ref var entry = ref run.Resources[index];
            if (entry.Definition >= 0 && entry.Node != self && type.SequenceEqual(entry.Type) && run.Groups.IsWithin(entry.Group, group))
            {
                found = index;
            }
        }

        return found;
    }
}
