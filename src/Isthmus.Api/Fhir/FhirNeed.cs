using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Schema;
using Isthmus.Fhir.Search;
using Isthmus.Trust.Access;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Api.Fhir;

/// <summary>
/// What a FHIR request wants to do, for its scopes to be held against: the interaction with the type of its path, and of a search every
/// type that it includes, reaches through or asks about, because the answer tells something of each (R4 search.html).
/// </summary>
internal static class FhirNeed
{
    private static readonly SearchIndex Index = SearchIndex.Of(DefinitionSet.R4);

    /// <summary>Whether a path's segment names a concrete R4 resource type.</summary>
    public static bool IsType(string name) => FhirSchema.R4.Type(name) is { IsResource: true };

    /// <summary>An id of R4 (datatypes.html#id).</summary>
    public static bool IsId(string text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.'))
            {
                return false;
            }
        }

        return text.Length is > 0 and <= 64;
    }

    public static AccessNeed Of(Interactions interaction, string type) => AccessNeed.To((type, interaction));

    public static AccessNeed Search(string type, IQueryCollection query)
    {
        var touches = new List<(string, Interactions)> { (type, Interactions.Search) };
        foreach (var (key, values) in query)
        {
            var plain = key.Split(':')[0];
            foreach (var value in values)
            {
                touches.AddRange((plain switch
                {
                    "_include" or "_revinclude" => Included(value ?? string.Empty, reverse: plain == "_revinclude"),
                    "_has" => Asked(key),
                    _ => Chained(type, key),
                }).Select(other => (other, Interactions.Search)));
            }
        }

        return AccessNeed.To([.. touches.Distinct()]);
    }

    /// <summary>
    /// <c>_include=Source:parameter[:Target]</c>. Where no target is named, each that the parameter may point at can come with the answer;
    /// what cannot be read, <c>*</c> above all, may bring anything.
    /// </summary>
    private static IEnumerable<string> Included(string value, bool reverse)
    {
        var parts = value.Split(':');
        return parts.Length < 2 || !IsType(parts[0]) ? [Scope.AnyResource]
            : reverse ? [parts[0]]
            : parts.Length > 2 ? [parts[0], parts[2]]
            : [parts[0], .. Targets(parts[0], parts[1])];
    }

    /// <summary><c>_has:Type:reference:parameter</c>, and what is asked of that in turn.</summary>
    private static IEnumerable<string> Asked(string key)
    {
        var parts = key.Split(':');
        for (var i = 1; i < parts.Length; i += 3)
        {
            yield return IsType(parts[i]) ? parts[i] : Scope.AnyResource;
            if (i + 2 >= parts.Length || parts[i + 2] != "_has")
            {
                yield break;
            }
        }
    }

    /// <summary><c>subject:Patient.name</c>, <c>subject.name</c>, <c>encounter.subject.name</c>.</summary>
    private static IEnumerable<string> Chained(string type, string key)
    {
        var links = key.Split('.');
        IReadOnlyList<string> from = [type];
        foreach (var link in links.SkipLast(1))
        {
            var parts = link.Split(':');
            IReadOnlyList<string> reached = parts.Length > 1 ? [parts[1]] : [.. from.SelectMany(t => Targets(t, parts[0])).Distinct()];
            foreach (var one in reached)
            {
                yield return one;
            }

            from = reached;
        }
    }

    private static IReadOnlyList<string> Targets(string type, string parameter) =>
        IsType(type) && Index.Find(type, parameter) is { Targets: { Count: > 0 } targets } ? targets : [Scope.AnyResource];
}
