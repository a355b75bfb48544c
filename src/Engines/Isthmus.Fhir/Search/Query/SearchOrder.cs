namespace Isthmus.Fhir.Search.Query;

/// <summary>
/// What a resource is sorted by, one key for each part of <c>_sort</c>. Where a parameter has several values the least decides, or the
/// largest where the order falls (FHIR R4 search.html#sort); what has none comes last either way.
/// </summary>
public sealed class SearchOrder(IReadOnlyList<SearchSort> sort) : IComparer<IReadOnlyList<SearchKey>>
{
    public IReadOnlyList<SearchSort> Sort { get; } = sort;

    /// <summary>The keys of a resource.</summary>
    public SearchKey[] KeysOf(IReadOnlyList<SearchValue> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var keys = new SearchKey[Sort.Count];
        for (var i = 0; i < keys.Length; i++)
        {
            var (parameter, falls) = (Sort[i].Parameter, Sort[i].Falls);
            foreach (var value in values)
            {
                if (value.Parameter == parameter)
                {
                    var key = SearchKey.Of(value, falls);
                    keys[i] = !keys[i].Exists || (key.Exists && SearchKey.Compare(key, keys[i]) < 0 != falls) ? key : keys[i];
                }
            }
        }

        return keys;
    }

    public int Compare(IReadOnlyList<SearchKey>? x, IReadOnlyList<SearchKey>? y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        for (var i = 0; i < Sort.Count; i++)
        {
            var order = (x[i].Exists, y[i].Exists) switch
            {
                (true, true) => Sort[i].Falls ? SearchKey.Compare(y[i], x[i]) : SearchKey.Compare(x[i], y[i]),
                (var left, var right) => right.CompareTo(left),
            };
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }
}

/// <summary>One key to sort by: a number (instants are their ticks) or a text. The default is none. Its text is PHI.</summary>
public readonly struct SearchKey
{
    private readonly decimal number;
    private readonly string? text;

    private SearchKey(decimal number, string? text) => (this.number, this.text, Exists) = (number, text, true);

    public bool Exists { get; }

    /// <summary>Null where it is a number.</summary>
    public string? Text => text;

    /// <summary>0 where it is a text.</summary>
    public decimal Number => number;

    public static SearchKey Of(decimal number) => new(number, null);

    public static SearchKey Of(string text) => new(0, text);

    /// <param name="falls">Of a range the end counts, otherwise its beginning.</param>
    public static SearchKey Of(SearchValue value, bool falls) => value switch
    {
        DateValue date => Of((falls ? date.Until : date.From).UtcTicks),
        NumberValue number => OfRange(number.From, number.Until, falls),
        QuantityValue quantity => quantity.Canonical() is { } canonical ? OfRange(canonical.From, canonical.Until, falls) : OfRange(quantity.From, quantity.Until, falls),
        StringValue { Text: var text } => Of(SearchText.Fold(text.AsString())),
        TokenValue token => (token.Code.AsString() ?? token.Text.AsString()) is { } code ? Of(code) : default,
        UriValue uri => Of(uri.Uri.AsString() ?? ""),
        ReferenceValue reference => Of(reference.Target is { Type: { } type, Id: { } id } ? $"{type}/{id}" : reference.Reference.AsString() ?? ""),
        _ => default,
    };

    /// <summary>Less than 0, 0 or more than 0; numbers come before texts.</summary>
    public static int Compare(SearchKey left, SearchKey right) =>
        left.text is null ? right.text is null ? left.number.CompareTo(right.number) : -1
        : right.text is null ? 1
        : string.CompareOrdinal(left.text, right.text);

    public override string ToString() => $"SearchKey({(Exists ? text is null ? "number" : "text" : "none")})";

    private static SearchKey OfRange(decimal? from, decimal? until, bool falls) => (falls ? until ?? from : from ?? until) is { } number ? Of(number) : default;
}
