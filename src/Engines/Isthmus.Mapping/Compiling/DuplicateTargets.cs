using Isthmus.Mapping.Language;
using Isthmus.Mapping.Running;

namespace Isthmus.Mapping.Compiling;

/// <summary>
/// The first value written to an element counts, so a second rule for the same one, neither having a condition, would never be heard:
/// a fault, unless it is a constant, which is how a map states a default.
/// </summary>
internal static class DuplicateTargets
{
    public static void Check(MapScope scope, MapText map)
    {
        var seen = new Dictionary<string, TextPlace>(StringComparer.Ordinal);
        foreach (var rule in map.Rules)
        {
            if (rule.When is not null || rule.Value is not null || rule.To == "$this" || IsShared(rule))
            {
                continue;
            }

            if (TargetPath.Parse(rule.To) is not { } path || IsRepeatingPrimitive(scope, path))
            {
                continue;
            }

            if (!seen.TryAdd(rule.To, rule.Place) && !rule.IsInherited)
            {
                scope.Fault(rule.Place, MapRules.DuplicateTarget, $"'{rule.To}' is already written by the rule in {seen[rule.To]}; give one of them a condition.");
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
