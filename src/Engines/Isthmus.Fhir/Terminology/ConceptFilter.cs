using System.Text.RegularExpressions;
using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Terminology;

/// <summary>One <c>ValueSet.compose.include.filter</c> over a code system that is here (FHIR R4 valueset-filter-operator).</summary>
/// <param name="Passes">Whether a concept passes, by its index in the code system.</param>
/// <param name="Denies">Whether a concept passes for what it lacks; over part of a code system that is not certain.</param>
internal sealed record ConceptFilter(Func<int, bool> Passes, bool Denies)
{
    private const int MaxPattern = 512;
    private static readonly TimeSpan MaxTime = TimeSpan.FromMilliseconds(500);

    /// <summary>The filter, or the rule by which it cannot be evaluated.</summary>
    public static (ConceptFilter? Filter, TerminologyRule? Refusal) Compile(FhirElement filter, CodeSystemModel system)
    {
        if (filter["property"u8].AsString() is not { } property || filter["value"u8].AsString() is not { } value)
        {
            return (null, TerminologyRules.FilterUnsupported);
        }

        var op = filter["op"u8].AsString();
        return op switch
        {
            "is-a" or "descendent-of" or "is-not-a" or "generalizes" => system.HierarchyIsSubsumption
                ? (new ConceptFilter(ByHierarchy(op, system, system.IndexOf(value)), op == "is-not-a"), null)
                : (null, TerminologyRules.HierarchyMeaning),
            "=" => (new ConceptFilter(concept => system.Values(concept, property).Contains(value, StringComparer.Ordinal), false), null),
            "in" => (new ConceptFilter(Listed(system, property, value), false), null),
            "not-in" => (new ConceptFilter(Not(Listed(system, property, value)), true), null),
            "exists" => (new ConceptFilter(concept => system.Values(concept, property).Any() == (value == "true"), value != "true"), null),
            "regex" => Matching(system, property, value) is { } matching ? (new ConceptFilter(matching, false), null) : (null, TerminologyRules.FilterRegex),
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
