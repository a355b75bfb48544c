using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Search;

/// <summary>A search parameter as one resource type has it.</summary>
public sealed class SearchParameter
{
    private SearchParameter(string url, string code, SearchKind kind, IReadOnlyList<string> targets)
    {
        Url = url;
        Code = code;
        Kind = kind;
        Targets = targets;
    }

    public string Url { get; }

    /// <summary>The name in a query.</summary>
    public string Code { get; }

    public SearchKind Kind { get; }

    /// <summary>The resource types a reference may point at; empty is any.</summary>
    public IReadOnlyList<string> Targets { get; }

    /// <summary>Of a composite, the parameters that its parts are read as, in their order; else empty.</summary>
    public IReadOnlyList<SearchParameter> Components { get; internal set; } = [];

    public override string ToString() => $"{Code} ({Kind})";

    /// <summary>Null for a definition of a type of parameter that R4 does not have.</summary>
    internal static SearchParameter? Of(FhirElement definition) =>
        Enum.TryParse<SearchKind>(definition["type"u8].AsString(), ignoreCase: true, out var kind)
            ? new SearchParameter(definition["url"u8].AsString() ?? "", definition["code"u8].AsString() ?? "", kind, Texts(definition["target"u8]))
            : null;

    internal static string[] Texts(FhirElement array)
    {
        var texts = new List<string>();
        foreach (var item in array)
        {
            texts.Add(item.AsString() ?? "");
        }

        return [.. texts];
    }
}
