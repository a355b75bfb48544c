using Isthmus.Mapping.Language;

namespace Isthmus.Mapping.Compiling;

/// <summary>A map that calls itself, directly or through others, would never end.</summary>
internal static class MapCircles
{
    public static void Check(IReadOnlyList<MapText> maps, List<MapFault> faults)
    {
        var byName = maps.ToDictionary(map => map.Name, StringComparer.Ordinal);
        var done = new HashSet<string>(StringComparer.Ordinal);
        foreach (var map in maps)
        {
            Visit(map, []);
        }

        void Visit(MapText map, HashSet<string> above)
        {
            if (!above.Add(map.Name))
            {
                faults.Add(map.Place.Fault(MapRules.Circle, $"'{map.Name}' calls itself by way of {string.Join(", ", above)}."));
            }
            else if (done.Add(map.Name))
            {
                foreach (var name in map.Rules.SelectMany(rule => new[] { rule.Map, rule.Create }))
                {
                    if (name is not null && byName.TryGetValue(name, out var called))
                    {
                        Visit(called, above);
                    }
                }
            }

            above.Remove(map.Name);
        }
    }
}
