namespace Isthmus.Fhir.Search.Query;

/// <summary>Dates and numbers, each with all that it may mean, against each other (FHIR R4 search.html#prefix).</summary>
internal static class RangeMatch
{
    private const decimal ApproximateShare = 0.1m;

    public static bool Fits(DateOperand asked, DateValue date) => asked.Prefix switch
    {
        SearchPrefix.Equal => IsWithin(asked, date),
        SearchPrefix.NotEqual => !IsWithin(asked, date),
        SearchPrefix.Greater => date.Until > asked.Until,
        SearchPrefix.Less => date.From < asked.From,
        SearchPrefix.GreaterOrEqual => date.Until > asked.Until || IsWithin(asked, date),
        SearchPrefix.LessOrEqual => date.From < asked.From || IsWithin(asked, date),
        SearchPrefix.StartsAfter => date.From >= asked.Until,
        SearchPrefix.EndsBefore => date.Until <= asked.From,
        _ => date.From < Later(asked.Until, asked.Margin) && date.Until > Earlier(asked.From, asked.Margin),
    };

    /// <param name="from">The least that it may be, itself included; null without end.</param>
    /// <param name="until">The most that it may be, itself included; null without end.</param>
    public static bool Fits(NumberOperand asked, decimal? from, decimal? until) =>
        Fits(asked.Prefix, asked.Value, asked.Value - asked.Half, asked.Value + asked.Half, from, until);

    /// <summary>With the number asked for from <paramref name="low"/> up to, and without, <paramref name="high"/>; prefixes other than eq and ne take it as exact.</summary>
    public static bool Fits(SearchPrefix prefix, decimal value, decimal low, decimal high, decimal? from, decimal? until) => prefix switch
    {
        SearchPrefix.Equal => from >= low && until < high,
        SearchPrefix.NotEqual => !(from >= low && until < high),
        SearchPrefix.Greater => until is null || until > value,
        SearchPrefix.Less => from is null || from < value,
        SearchPrefix.GreaterOrEqual => until is null || until >= value,
        SearchPrefix.LessOrEqual => from is null || from <= value,
        SearchPrefix.StartsAfter => from > value,
        SearchPrefix.EndsBefore => until < value,
        _ => (until is null || until >= value - (Math.Abs(value) * ApproximateShare)) && (from is null || from <= value + (Math.Abs(value) * ApproximateShare)),
    };

    private static bool IsWithin(DateOperand asked, DateValue date) => asked.From <= date.From && date.Until <= asked.Until;

    private static DateTimeOffset Later(DateTimeOffset at, TimeSpan margin) => DateTimeOffset.MaxValue - at < margin ? DateTimeOffset.MaxValue : at + margin;

    private static DateTimeOffset Earlier(DateTimeOffset at, TimeSpan margin) => at - DateTimeOffset.MinValue < margin ? DateTimeOffset.MinValue : at - margin;
}
