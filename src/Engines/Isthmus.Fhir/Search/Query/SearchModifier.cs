namespace Isthmus.Fhir.Search.Query;

/// <summary>What is asked of a parameter other than its plain meaning (FHIR R4 search.html#modifiers). A type as modifier stands in the operand.</summary>
public enum SearchModifier
{
    None,
    Exact,
    Contains,
    Missing,
    Not,
    Identifier,
    Text,
    In,
    NotIn,
    Above,
    Below,
    OfType,
}

internal static class SearchModifiers
{
    /// <summary>The modifier of a name, for a kind of parameter that has it; else null.</summary>
    public static SearchModifier? Of(string name, SearchKind kind) => (name, kind) switch
    {
        ("", _) => SearchModifier.None,
        ("missing", not SearchKind.Special) => SearchModifier.Missing,
        ("exact", SearchKind.String) => SearchModifier.Exact,
        ("contains", SearchKind.String) => SearchModifier.Contains,
        ("text", SearchKind.Token) => SearchModifier.Text,
        ("not", SearchKind.Token) => SearchModifier.Not,
        ("in", SearchKind.Token) => SearchModifier.In,
        ("not-in", SearchKind.Token) => SearchModifier.NotIn,
        ("of-type", SearchKind.Token) => SearchModifier.OfType,
        ("above", SearchKind.Token or SearchKind.Uri) => SearchModifier.Above,
        ("below", SearchKind.Token or SearchKind.Uri) => SearchModifier.Below,
        ("identifier", SearchKind.Reference) => SearchModifier.Identifier,
        _ => null,
    };
}
