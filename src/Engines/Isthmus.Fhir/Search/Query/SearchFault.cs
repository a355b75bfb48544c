namespace Isthmus.Fhir.Search.Query;

/// <summary>A rule that a search can break, with what helps.</summary>
public sealed record SearchRule(string Id, string Message);

/// <summary>Why a search was refused: the rule, and the parameter's name as far as it is one. Never a value, which may be PHI.</summary>
/// <param name="Parameter">At most 64 letters, digits and <c>_ - . :</c>; empty where the name has others.</param>
public sealed record SearchFault(SearchRule Rule, string Parameter)
{
    public override string ToString() => Parameter.Length == 0 ? $"{Rule.Id}: {Rule.Message}" : $"{Rule.Id} at {Parameter}: {Rule.Message}";
}

/// <summary>The rules of searching.</summary>
public static class SearchRules
{
    public static readonly SearchRule ParameterUnknown = new("search.parameter-unknown", "This type has no such search parameter; the capability statement lists those it has.");
    public static readonly SearchRule ParameterUnsupported = new("search.parameter-unsupported", "This search parameter is one of the standard that is not supported here.");
    public static readonly SearchRule ParametersTooMany = new("search.too-many-parameters", "The search has more parameters than the limit; split it.");
    public static readonly SearchRule ModifierUnknown = new("search.modifier-unknown", "This modifier does not exist for parameters of this kind.");
    public static readonly SearchRule ValueInvalid = new("search.value-invalid", "The value does not have the form of its parameter's kind.");
    public static readonly SearchRule ValuesTooMany = new("search.too-many-values", "The parameter has more alternatives than the limit; split the search.");
    public static readonly SearchRule ValueTooLong = new("search.value-too-long", "The value is longer than the limit.");
    public static readonly SearchRule ValueSetUnknown = new("search.value-set-unknown", "The value set is not known here, so nothing can be said to be in it or not.");
    public static readonly SearchRule ChainInvalid = new("search.chain-invalid", "The chain does not lead from reference to reference to a search parameter.");
    public static readonly SearchRule ChainTooLong = new("search.chain-too-long", "The chain is longer than the limit.");
    public static readonly SearchRule IncludeInvalid = new("search.include-invalid", "An inclusion names a type, one of its reference parameters and, if wanted, the type it leads to.");
    public static readonly SearchRule IncludesTooMany = new("search.too-many-includes", "The search has more inclusions than the limit.");
    public static readonly SearchRule SortUnknown = new("search.sort-unknown", "Sorting takes up to four search parameters of the type, each with a hyphen before it where the order is to fall.");
    public static readonly SearchRule CountInvalid = new("search.count-invalid", "The count is a number from 0.");
    public static readonly SearchRule ChoiceInvalid = new("search.choice-invalid", "The parameter takes one of the words that the standard has for it.");
    public static readonly SearchRule RepeatedParameter = new("search.parameter-repeated", "This parameter can be given once.");
}
