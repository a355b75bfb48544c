namespace Isthmus.Trust.Access;

/// <summary>
/// The search to which a granular scope restricts (<c>?category=laboratory&amp;status=final</c>): every condition must hold.
/// Kept structured, so that a reader of records can apply it and an issuer can compare it.
/// </summary>
public sealed class SearchRestriction : IEquatable<SearchRestriction>
{
    public const int MostConditions = 8;

    private SearchRestriction(IReadOnlyList<SearchCondition> conditions) => Conditions = conditions;

    public static SearchRestriction None { get; } = new([]);

    /// <summary>In ordinal order, none implied by another.</summary>
    public IReadOnlyList<SearchCondition> Conditions { get; }

    public bool IsNone => Conditions.Count == 0;

    /// <summary>Whether the search parameters exist on resources of every type, so that <c>*</c> can be restricted by them.</summary>
    public bool IsOfEveryType => Conditions.All(c => c.IsOfEveryType);

    /// <param name="query">What stands behind the question mark.</param>
    public static SearchRestriction? Parse(ReadOnlySpan<char> query)
    {
        var conditions = new List<SearchCondition>();
        foreach (var part in query.Split('&'))
        {
            if (conditions.Count == MostConditions || SearchCondition.Parse(query[part]) is not { } condition)
            {
                return null;
            }

            conditions.Add(condition);
        }

        return Of(conditions);
    }

    /// <summary>Whether everything within <paramref name="narrower"/> is within this.</summary>
    public bool IsImpliedBy(SearchRestriction narrower) =>
        Conditions.All(wide => narrower.Conditions.Any(wide.IsImpliedBy));

    /// <summary>What is within both.</summary>
    public SearchRestriction And(SearchRestriction other) =>
        IsNone ? other : other.IsNone ? this : Of([.. Conditions, .. other.Conditions]);

    public bool Equals(SearchRestriction? other) => other is not null && Conditions.SequenceEqual(other.Conditions);

    public override bool Equals(object? obj) => Equals(obj as SearchRestriction);

    public override int GetHashCode() => Conditions.Aggregate(0, HashCode.Combine);

    /// <summary>With its question mark; empty when there is none.</summary>
    public override string ToString() => IsNone ? string.Empty : $"?{string.Join('&', Conditions)}";

    private static SearchRestriction Of(List<SearchCondition> conditions)
    {
        SearchCondition[] distinct = [.. conditions.Distinct().Order()];
        return new SearchRestriction([.. distinct.Where(c => !distinct.Any(o => o != c && c.IsImpliedBy(o)))]);
    }
}
