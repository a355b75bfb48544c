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

    /// <summary>Once anything may come with the answer, no more is looked at: whoever covers that covers the rest.</summary>
    public static AccessNeed Search(string type, IQueryCollection query)
    {
        var touched = new HashSet<string>(StringComparer.Ordinal) { type };
        var reached = query.SelectMany(pair => pair.Value.SelectMany(value => Reached(type, pair.Key, value ?? string.Empty)));
        foreach (var other in reached)
        {
            touched.Add(other);
            if (other == Scope.AnyResource)
            {
                break;
            }
        }

        return AccessNeed.To([.. touched.Select(t => (t, Interactions.Search))]);
    }

    /// <summary>Queries are looked up without regard to case by whoever answers them, so the names that mean more than a value are as well.</summary>
    private static IEnumerable<string> Reached(string type, string key, string value)
    {
        var name = key.Split(':')[0].ToLowerInvariant();
        return name switch
        {
            "_include" => Included(value, reverse: false),
            "_revinclude" => Included(value, reverse: true),
            "_list" => ["List"],
            "_filter" or "_query" => [Scope.AnyResource],
            _ when !key.Contains("_has", StringComparison.OrdinalIgnoreCase) => Chained(type, key),

            // Asked about and reached through in one parameter: what of it is which, readers may see differently.
            _ when key.Contains('.', StringComparison.Ordinal) || name != "_has" => [Scope.AnyResource],
            _ => Asked(key),
        };
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
            if (i + 2 >= parts.Length || !parts[i + 2].Equals("_has", StringComparison.OrdinalIgnoreCase))
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
