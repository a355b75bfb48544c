using Isthmus.Mapping.Language;

namespace Isthmus.Mapping.Compiling;

/// <summary>
/// Maps that extend others: their own rules are added to the inherited ones, so that what is not said again stays. A map that
/// extends its own name extends the library's and stands in its place wherever that is called.
/// </summary>
internal sealed class MapInheritance(IReadOnlyList<MapText> maps, List<MapFault> faults)
{
    private readonly Dictionary<MapText, MapText> whole = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<TextPlace> open = [];

    public static void Resolve(List<MapText> maps, List<MapFault> faults)
    {
        var inheritance = new MapInheritance([.. maps], faults);
        for (var index = 0; index < maps.Count; index++)
        {
            maps[index] = inheritance.Whole(maps[index]);
        }
    }

    private MapText Whole(MapText text)
    {
        if (text.Extends is null)
        {
            return text;
        }

        if (whole.TryGetValue(text, out var known))
        {
            return known;
        }

        var parent = maps.FirstOrDefault(other => other.Name == text.Extends && !other.Place.IsInherited && !ReferenceEquals(other, text))
            ?? maps.FirstOrDefault(other => other.Name == text.Extends && !ReferenceEquals(other, text));
        if (parent is null)
        {
            return Refuse(text, MapRules.Parent, $"No map is named '{text.Extends}'.");
        }

        if (!open.Add(text.Place))
        {
            return Refuse(text, MapRules.Circle, $"'{text.Name}' extends itself.");
        }

        parent = Whole(parent);
        open.Remove(text.Place);
        if ((text.Source.Length > 0 && (text.Source != parent.Source || text.IsSegment != parent.IsSegment)) || (text.Type.Length > 0 && text.Type != parent.Type))
        {
            return Refuse(text, MapRules.Parent, $"'{parent.Name}' reads {parent.Source} and fills a {parent.Type}; a map that extends it does the same.");
        }

        return whole[text] = text with
        {
            Extends = null,
            Guide = text.Guide ?? parent.Guide,
            Source = parent.Source,
            IsSegment = parent.IsSegment,
            Type = parent.Type,
            IsResource = parent.IsResource,
            Profile = text.Profile ?? parent.Profile,
            Key = text.Key.Count > 0 ? text.Key : parent.Key,
            Rules = RulePlacement.Merge(parent, text.Rules, Kept(text, parent)),
        };
    }

    /// <summary>The inherited rules without those that are dropped by target (with what is below it) or by row.</summary>
    private List<RuleText> Kept(MapText text, MapText parent)
    {
        var rest = parent.Rules.Select(rule => rule with { IsInherited = true }).ToList();
        foreach (var name in text.Drop)
        {
            var dropped = rest.RemoveAll(rule => name.StartsWith("row ", StringComparison.Ordinal)
                ? rule.Row == name[4..]
                : rule.To == name || rule.To.StartsWith(name + ".", StringComparison.Ordinal));
            if (dropped == 0)
            {
                faults.Add(text.Place.Fault(MapRules.Drop, $"'{name}' is no target of '{parent.Name}'; name a target, or a row as 'row 13'."));
            }
        }

        return rest;
    }

    private MapText Refuse(MapText text, string rule, string message)
    {
        faults.Add(text.Place.Fault(rule, message));
        return text with { Extends = null, Type = text.Type.Length > 0 ? text.Type : "Element", Rules = [] };
    }
}
