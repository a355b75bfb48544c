using System.Text.RegularExpressions;
using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Terminology;

/// <summary>One <c>ValueSet.compose.include.filter</c> over a code system that is here (FHIR R4 valueset-filter-operator).</summary>
internal static class ConceptFilter
{
    private const int MaxPattern = 512;
    private static readonly TimeSpan MaxTime = TimeSpan.FromMilliseconds(500);

    /// <summary>Which concepts pass, by index; or the rule by which that cannot be told.</summary>
    public static (Func<int, bool>? Passes, TerminologyRule? Refusal) Compile(FhirElement filter, CodeSystemModel system)
    {
        if (filter["property"u8].AsString() is not { } property || filter["value"u8].AsString() is not { } value)
        {
            return (null, TerminologyRules.FilterUnsupported);
        }

        var op = filter["op"u8].AsString();
        return op switch
        {
            "is-a" or "descendent-of" or "is-not-a" or "generalizes" => system.HierarchyIsSubsumption
                ? (ByHierarchy(op, system, system.IndexOf(value)), null)
                : (null, TerminologyRules.HierarchyMeaning),
            "=" => (concept => system.Values(concept, property).Contains(value, StringComparer.Ordinal), null),
            "in" => (Listed(system, property, value), null),
            "not-in" => (Not(Listed(system, property, value)), null),
            "exists" => (concept => system.Values(concept, property).Any() == (value == "true"), null),
            "regex" => Matching(system, property, value) is { } matching ? (matching, null) : (null, TerminologyRules.FilterRegex),
            _ => (null, TerminologyRules.FilterUnsupported),
        };
    }

    private static Func<int, bool> ByHierarchy(string op, CodeSystemModel system, int anchor)
    {
        if (anchor < 0)
        {
            return _ => op == "is-not-a";
        }

        var others = op == "generalizes" ? system.Ancestors(anchor) : system.Descendants(anchor);
        return op switch
        {
            "descendent-of" => others.Contains,
            "is-not-a" => concept => concept != anchor && !others.Contains(concept),
            _ => concept => concept == anchor || others.Contains(concept),
        };
    }

    private static Func<int, bool> Listed(CodeSystemModel system, string property, string value)
    {
        var list = value.Split(',', StringSplitOptions.TrimEntries).ToHashSet(StringComparer.Ordinal);
        return concept => system.Values(concept, property).Any(list.Contains);
    }

    private static Func<int, bool> Not(Func<int, bool> passes) => concept => !passes(concept);

    /// <summary>
    /// The expression is anchored at both ends and runs without backtracking, in linear time; null where it is faulty, needs
    /// backtracking, or takes longer than half a second nonetheless.
    /// </summary>
    private static Func<int, bool>? Matching(CodeSystemModel system, string property, string value)
    {
        if (value.Length > MaxPattern)
        {
            return null;
        }

        try
        {
            var pattern = new Regex($"^(?:{value})$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, MaxTime);
            var passing = Enumerable.Range(0, system.Concepts.Count).Where(concept => system.Values(concept, property).Any(pattern.IsMatch)).ToHashSet();
            return passing.Contains;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or RegexMatchTimeoutException)
        {
            return null;
        }
    }
}
