namespace Isthmus.Mapping.Compiling;

/// <summary>One thing that a condition asks.</summary>
/// <param name="Subject">The source, or the whole question where it is not about one.</param>
/// <param name="Literals">What the source is compared with; null where it is asked whether it is valued.</param>
internal sealed record Fact(string Subject, bool Holds, IReadOnlyCollection<string>? Literals)
{
    /// <summary>A field's value is its first component's first part.</summary>
    public string Innermost => Subject.EndsWith(".1", StringComparison.Ordinal) ? Subject[..^2] : Subject;
}

/// <summary>
/// A condition as the ways in which it can hold, each a set of facts that hold together; to find those that never can.
/// </summary>
/// <param name="Ways">Null where there are too many to say.</param>
internal sealed record Clauses(IReadOnlyList<IReadOnlyList<Fact>>? Ways)
{
    private const int MostWays = 64;

    /// <summary>Whether every way contradicts itself.</summary>
    public bool IsImpossible => Ways is not null && Ways.All(Contradicts);

    public static Clauses Of(string subject, bool holds, IReadOnlyCollection<string>? literals = null) => new([[new Fact(subject, holds, literals)]]);

    public static Clauses Or(Clauses one, Clauses two) =>
        one.Ways is null || two.Ways is null || one.Ways.Count + two.Ways.Count > MostWays ? new Clauses(null as IReadOnlyList<IReadOnlyList<Fact>>) : new Clauses([.. one.Ways, .. two.Ways]);

    public static Clauses And(Clauses one, Clauses two) =>
        one.Ways is null || two.Ways is null || one.Ways.Count * two.Ways.Count > MostWays
            ? new Clauses(null as IReadOnlyList<IReadOnlyList<Fact>>)
            : new Clauses([.. one.Ways.SelectMany(_ => two.Ways, (left, right) => (IReadOnlyList<Fact>)[.. left, .. right])]);

    /// <summary>None of the ways: of each, some fact does not hold.</summary>
    public Clauses Not() => Ways is null ? this
        : Ways.Select(way => new Clauses([.. way.Select(fact => (IReadOnlyList<Fact>)[fact with { Holds = !fact.Holds }])])).Aggregate(new Clauses([[]]), And);

    private static bool Contradicts(IReadOnlyList<Fact> way)
    {
        var flat = way.Where(fact => fact.Literals is null).ToLookup(fact => fact.Subject, fact => fact.Holds, StringComparer.Ordinal);
        if (flat.Any(subject => subject.Distinct().Count() > 1))
        {
            return true;
        }

        var unvalued = way.Where(fact => fact is { Literals: null, Holds: false }).Select(fact => fact.Innermost).ToHashSet(StringComparer.Ordinal);
        return way.Where(fact => fact.Literals is not null).GroupBy(fact => fact.Innermost, StringComparer.Ordinal).Any(subject => HasNoValue(subject, unvalued.Contains(subject.Key)));
    }

    /// <summary>Whether no literal is left that all comparisons of a source allow.</summary>
    private static bool HasNoValue(IEnumerable<Fact> comparisons, bool isUnvalued)
    {
        HashSet<string>? allowed = null;
        foreach (var fact in comparisons.OrderByDescending(fact => fact.Holds))
        {
            if (!fact.Holds)
            {
                allowed?.ExceptWith(fact.Literals!);
            }
            else if (allowed is null)
            {
                allowed = fact.Literals!.ToHashSet(StringComparer.Ordinal);
            }
            else
            {
                allowed.IntersectWith(fact.Literals!);
            }
        }

        return allowed is not null && (allowed.Count == 0 || isUnvalued);
    }
}
