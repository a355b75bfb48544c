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
        var segment = run.FrameAt(frame).Segment;
        var self = run.RootOf(frame);
        for (var around = run.FrameAt(frame).Group; around >= 0; around = run.Groups.InstanceAt(around).Parent)
        {
            var found = -1;
            for (var index = 0; index < run.Resources.Count; index++)
            {
                ref var entry = ref run.Resources[index];
                if (entry.Definition < 0 || entry.Node == self || !type.SequenceEqual(entry.Type) || !run.Groups.IsWithin(entry.Group, around))
                {
                    continue;
                }

                if (entry.Segment == segment)
                {
                    return index;
                }

                found = found < 0 ? index : found;
            }

            if (found >= 0)
            {
                return found;
            }
        }

        return -1;
    }
}
