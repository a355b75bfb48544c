using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Search;

namespace Isthmus.Records.Facts;

/// <summary>
/// Which search parameters are kept beside a pack, and how. Codes, references and dates of care are; what else can be searched by is
/// looked up in the resources themselves.
/// </summary>
internal static class FactParameters
{
    /// <summary>Dates that tell who somebody is: they are hashed, never kept in clear.</summary>
    private static readonly string[] Births = ["birthdate", "death-date"];

    /// <summary>Tokens that few resources share, so that the index begins with them.</summary>
    private static readonly string[] Selective = ["identifier", "code", "telecom", "phone", "email"];

    /// <summary>Tokens of a person: no trace of them outlives the pack that has them.</summary>
    private static readonly string[] Personal = ["identifier", "telecom", "phone", "email"];

    public static SearchIndex Index { get; } = SearchIndex.Of(DefinitionSet.R4);

    /// <summary>Those that are kept, taken out of a resource.</summary>
    public static SearchSubset Kept { get; } = Index.Only(parameter => IsKept(parameter) || IsName(parameter) || IsBirth(parameter));

    /// <summary>Whether what is kept decides: a token that is not there means a value that is not there.</summary>
    public static bool IsKept(SearchParameter parameter) =>
        parameter.Kind is SearchKind.Token or SearchKind.Reference or SearchKind.Date
        && !IsBirth(parameter)
        && !parameter.Code.StartsWith("combo-", StringComparison.Ordinal) && !parameter.Code.StartsWith("component-", StringComparison.Ordinal)
        && parameter.Code is not ("_id" or "_lastUpdated");

    /// <summary>Whether the beginnings of its words are in the index, hashed.</summary>
    public static bool IsName(SearchParameter parameter) => parameter is { Kind: SearchKind.String, Code: "name" };

    public static bool IsBirth(SearchParameter parameter) => Births.Contains(parameter.Code);

    public static bool IsSelective(SearchParameter parameter) => parameter.Kind == SearchKind.Reference || Selective.Contains(parameter.Code);

    public static bool IsPersonal(SearchParameter parameter) => parameter.Kind == SearchKind.Reference || Personal.Contains(parameter.Code);

    /// <summary>By which a date is kept: 16 bits of FNV-1a over its name. A test holds that no two dates of a type share it.</summary>
    public static ushort NumberOf(SearchParameter parameter)
    {
        var hash = 2166136261u;
        foreach (var c in parameter.Code)
        {
            hash = (hash ^ c) * 16777619u;
        }

        return (ushort)(hash ^ (hash >> 16));
    }
}
