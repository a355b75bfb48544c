namespace Isthmus.Fhir.Search.Query;

/// <summary>How many matches there are in all (FHIR R4 search.html#total).</summary>
public enum SearchTotal
{
    None,
    Estimate,
    Accurate,
}

/// <summary>How much of each resource is wanted (FHIR R4 search.html#summary).</summary>
public enum SearchSummary
{
    False,
    True,
    Text,
    Data,
    Count,
}

/// <summary>What a search means, once read.</summary>
public sealed record SearchQuery
{
    public required string Type { get; init; }

    /// <summary>All of them must hold.</summary>
    public required IReadOnlyList<SearchCriterion> Criteria { get; init; }

    public IReadOnlyList<SearchInclude> Includes { get; init; } = [];

    /// <summary>The first decides, the next where that leaves two equal.</summary>
    public IReadOnlyList<SearchSort> Sort { get; init; } = [];

    /// <summary>Matches on a page, within <see cref="SearchLimits.PageSize"/>; null where nothing was said.</summary>
    public int? Count { get; init; }

    /// <summary>Null where nothing was said.</summary>
    public SearchTotal? Total { get; init; }

    public SearchSummary Summary { get; init; }

    /// <summary>The elements that are wanted; empty for all.</summary>
    public IReadOnlyList<string> Elements { get; init; } = [];

    /// <summary>The parameters that were heeded, as they were given, for the answer's <c>self</c> link.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Heeded { get; init; } = [];

    /// <summary>Faults of parameters that were left out because the caller is lenient.</summary>
    public IReadOnlyList<SearchFault> Ignored { get; init; } = [];

    public override string ToString() => $"SearchQuery({Type}, {Criteria.Count})";
}

/// <summary>What comes with the matches (FHIR R4 search.html#include).</summary>
/// <param name="Source">The type that has the reference.</param>
/// <param name="Reference">The parameter that is the reference; null for each that the type has.</param>
/// <param name="Target">The type that it leads to; null for any.</param>
/// <param name="IsReverse"><c>_revinclude</c>: what refers to the matches comes.</param>
/// <param name="Iterates">It holds of what was included, too.</param>
public sealed record SearchInclude(string Source, SearchParameter? Reference, string? Target, bool IsReverse, bool Iterates);

/// <param name="Falls">The largest first.</param>
public sealed record SearchSort(SearchParameter Parameter, bool Falls);

/// <summary>A search, or why it was refused. Exactly one of the two is there.</summary>
public sealed record SearchReading(SearchQuery? Query, IReadOnlyList<SearchFault> Faults);
