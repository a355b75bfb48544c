namespace Isthmus.Fhir.Search.Query;

/// <summary>How much one search may ask. What a form or a program of good will sends stays far below.</summary>
public sealed record SearchLimits
{
    public static SearchLimits Default { get; } = new();

    public int Parameters { get; init; } = 64;

    /// <summary>Alternatives of one parameter, parted by commas.</summary>
    public int Values { get; init; } = 512;

    /// <summary>Characters of one parameter with all its alternatives.</summary>
    public int Text { get; init; } = 64 * 1024;

    /// <summary>References that a chain or a <c>_has</c> may lead through.</summary>
    public int Links { get; init; } = 3;

    public int Includes { get; init; } = 16;

    public int SortKeys { get; init; } = 4;

    /// <summary>Matches on a page; more are not refused but parted into pages (FHIR R4 search.html#count).</summary>
    public int PageSize { get; init; } = 1000;
}
