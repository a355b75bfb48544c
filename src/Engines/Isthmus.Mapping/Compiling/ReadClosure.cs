using Isthmus.Mapping.Running;

namespace Isthmus.Mapping.Compiling;

/// <summary>What a map reads is also what the maps read that it calls or makes resources with.</summary>
internal static class ReadClosure
{
    public static void Complete(IReadOnlyDictionary<CompiledMap, HashSet<(int Segment, int Field)>> reads, IReadOnlyDictionary<CompiledMap, CompiledMap[]> calls)
    {
        var grown = true;
        while (grown)
        {
            grown = false;
            foreach (var (map, fields) in reads)
            {
                foreach (var called in calls[map].Where(called => called != map && reads.ContainsKey(called)))
                {
                    var before = fields.Count;
                    fields.UnionWith(reads[called]);
                    grown |= fields.Count > before;
                }
            }
        }
    }
}
