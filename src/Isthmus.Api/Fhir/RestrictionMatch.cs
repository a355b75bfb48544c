using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;
using Isthmus.Fhir.Search;
using Isthmus.Trust.Access;

namespace Isthmus.Api.Fhir;

/// <summary>
/// Whether a resource is within the search that a granular scope restricts to. Token parameters without a modifier are compared; of a
/// restriction by anything else nothing is within, since nobody has compared it.
/// </summary>
internal static class RestrictionMatch
{
    private static readonly SearchIndex Index = SearchIndex.Of(DefinitionSet.R4);

    /// <param name="any">Of which one suffices.</param>
    public static bool Fits(ReadOnlyMemory<byte> json, IReadOnlyList<SearchRestriction> any)
    {
        var root = FhirJsonReader.Read(json).Root;
        var values = new List<SearchValue>();
        Index.Extract(root, TimeSpan.Zero, values);
        return any.Any(restriction => restriction.Conditions.All(condition => Fits(values, condition)));
    }

    private static bool Fits(List<SearchValue> values, SearchCondition condition) =>
        condition.Modifier.Length == 0
        && values.OfType<TokenValue>().Any(value => value.Parameter.Code == condition.Name && condition.Values.Any(wanted => Fits(value, wanted)));

    /// <summary><c>code</c>, <c>system|code</c>, <c>|code</c> or <c>system|</c> (R4 search.html#token).</summary>
    private static bool Fits(TokenValue value, string wanted)
    {
        var bar = wanted.IndexOf('|', StringComparison.Ordinal);
        var code = wanted[(bar + 1)..];
        return (code.Length == 0 || Text(value.Code) == code)
            && (bar < 0 || Text(value.System) == wanted[..bar])
            && wanted != "|";
    }

    private static string Text(FhirElement element) => element.AsString() ?? string.Empty;
}
