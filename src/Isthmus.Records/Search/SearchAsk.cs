using Isthmus.Exchange.Phi;
using Isthmus.Fhir.Search.Query;
using Isthmus.Records.Read;

namespace Isthmus.Records.Search;

/// <summary>A search, and on whose behalf.</summary>
/// <param name="Count">Matches on a page; 0 to count only.</param>
/// <param name="After">Where the page before ended; null for the first.</param>
public sealed record SearchAsk(SearchQuery Query, ReadAuthority Authority, ReadPermit Permit, int Count, SearchPosition? After = null);

/// <summary>
/// Where a page ended. It says who was last and what it was sorted by, so it leaves only sealed.
/// </summary>
/// <param name="Keys">As the last match was sorted.</param>
/// <param name="Pack">The pack that has the last match, and in it the place.</param>
[Phi]
public sealed record SearchPosition(IReadOnlyList<SearchKey> Keys, long Pack, int Place)
{
    public override string ToString() => $"[phi, after {Keys.Count} keys]";
}

/// <summary>A page of what a search found.</summary>
/// <param name="Included">What comes with the matches, none of them twice.</param>
/// <param name="Total">Of all matches; null where it was not asked for.</param>
/// <param name="Next">Null on the last page.</param>
public sealed record SearchAnswer(
    IReadOnlyList<StoredResource> Matches, IReadOnlyList<StoredResource> Included, int? Total, SearchPosition? Next, SearchCost Cost);

/// <summary>What a search took.</summary>
/// <param name="Rows">Packs whose facts were looked at.</param>
/// <param name="Fitting">Resources that could fit by their facts.</param>
/// <param name="Opened">Resources that were decrypted and looked at.</param>
public sealed record SearchCost(int Rows, int Fitting, int Opened);

/// <summary>How much a search may take before it is refused.</summary>
public sealed record SearchBounds
{
    public static SearchBounds Default { get; } = new();

    /// <summary>Packs whose facts are looked at.</summary>
    public int Rows { get; init; } = 5_000;

    /// <summary>Resources that are decrypted and looked at.</summary>
    public int Opened { get; init; } = 2_000;

    /// <summary>Resources that a chain leads through, that a <c>_has</c> starts from, and that come with one page.</summary>
    public int Linked { get; init; } = 1_000;

    /// <summary>The store gives up a question that takes longer.</summary>
    public TimeSpan Store { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>A search that would take more than its bounds. Its text names no value.</summary>
public sealed class SearchTooCostlyException() : Exception("The search looks at more than one search may; name a patient, an identifier or a code to narrow it.");
