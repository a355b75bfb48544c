using Isthmus.Mapping.Language;
using Isthmus.Mapping.Running;

namespace Isthmus.Mapping.Compiling;

/// <summary>
/// The first value written to an element counts, so a rule is never heard behind an unconditional one for the same element, behind a
/// constant that is always written, or behind its own like. What a map inherited may be overtaken by what it says itself.
/// </summary>
internal static class DuplicateTargets
{
    public static void Check(MapScope scope, MapText map)
    {
        var seen = new Dictionary<string, TextPlace>(StringComparer.Ordinal);
        var settled = new Dictionary<string, TextPlace>(StringComparer.Ordinal);
        var asked = new Dictionary<(string, string, string), TextPlace>();
        foreach (var rule in map.Rules)
        {
            if (rule.To == "$this" || IsShared(rule) || TargetPath.Parse(rule.To) is not { } path || IsRepeatingPrimitive(scope, path))
            {
                continue;
            }

            if (settled.TryGetValue(rule.To, out var constant) && !rule.IsInherited)
            {
                scope.Fault(rule.Place, MapRules.Unreachable, $"The constant in {constant} is always written to '{rule.To}' first.");
            }
            else if (rule.When is not null && !asked.TryAdd((rule.To, string.Join(' ', rule.From), rule.When), rule.Place) && !rule.IsInherited)
            {
                scope.Fault(rule.Place, MapRules.Unreachable, $"The rule in {asked[(rule.To, string.Join(' ', rule.From), rule.When)]} writes '{rule.To}' from the same source under the same condition.");
            }
            else if (rule is { When: null, Value: null } && !seen.TryAdd(rule.To, rule.Place) && !rule.IsInherited)
            {
                scope.Fault(rule.Place, MapRules.DuplicateTarget, $"'{rule.To}' is already written by the rule in {seen[rule.To]}; give one of them a condition.");
            }

            if (rule is { When: null, Value: not null, From.Count: 0, Each: null } && (map.IsSegment || map.IsResource))
            {
                settled.TryAdd(rule.To, rule.Place);
            }
        }
    }

    /// <summary>Several sources may fill different parts of one element through functions and maps.</summary>
    private static bool IsShared(RuleText rule) => rule.Map is not null || rule.As is "coding" or "table-coding" or "units" or "quantity";

    private static bool IsRepeatingPrimitive(MapScope scope, TargetPath path)
    {
        var parent = path.Steps.Count > 1 ? scope.TypeAt(path with { Steps = [.. path.Steps.Take(path.Steps.Count - 1)] }) : scope.TypeOf(0).Name;
        return !path.IsValue && parent is not null && Fhir.Schema.FhirSchema.R4.Type(parent)?.Element(path.Steps[^1].Name) is { Repeats: true };
    }
}
