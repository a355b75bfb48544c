using Isthmus.Mapping.Language;

namespace Isthmus.Mapping.Compiling;

/// <summary>
/// Where the rules of a map stand among those that it inherits. They come first, for the first value written counts; but rules over
/// one field stay together, because they share the repetition in hand, and what asks for an element stands behind the rules that make it.
/// </summary>
internal static class RulePlacement
{
    public static IReadOnlyList<RuleText> Merge(MapText parent, IReadOnlyList<RuleText> own, List<RuleText> inherited)
    {
        var result = inherited;
        var front = 0;
        foreach (var rule in own)
        {
            var at = PlaceOf(parent, rule, result, front);
            result.Insert(at, rule);
            front += at <= front ? 1 : 0;
        }

        return result;
    }

    private static int PlaceOf(MapText map, RuleText rule, List<RuleText> among, int front)
    {
        var field = LoopFieldOf(map, rule);
        var sameTarget = among.FindIndex(front, other => other.To == rule.To && other.To != "$this");
        if (NeedsOthers(rule))
        {
            return sameTarget >= 0 ? sameTarget
                : field > 0 && among.FindLastIndex(other => LoopFieldOf(map, other) == field) is var last and >= 0 ? last + 1
                : among.Count;
        }

        var sameField = field > 0 ? among.FindIndex(front, other => LoopFieldOf(map, other) == field) : -1;
        return (sameField, sameTarget) switch
        {
            ( < 0, _) => front,
            (_, < 0) => sameField,
            _ => Math.Min(sameField, sameTarget),
        };
    }

    /// <summary>A constant beside content, and a rule that asks what has been made.</summary>
    private static bool NeedsOthers(RuleText rule) =>
        (rule.Value is not null && rule.From.Count > 0) || rule.When?.Contains("made(", StringComparison.Ordinal) == true;

    /// <summary>The field of the map's own segment that a rule goes through; 0 if it goes through none.</summary>
    public static int LoopFieldOf(MapText map, RuleText rule)
    {
        var source = rule.Each ?? (rule.From.Count > 0 ? rule.From[0] : null);
        return map.IsSegment && source is not null && SourcePath.Parse(source) is { } path && path.Segment == map.Source ? path.Field : 0;
    }
}
