namespace Isthmus.Fhir.Search;

/// <summary>The types of search parameters (FHIR R4 search.html#ptypes).</summary>
public enum SearchKind
{
    Number,
    Date,
    String,
    Token,
    Reference,
    Composite,
    Quantity,
    Uri,
    Special,
}
