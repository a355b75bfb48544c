using System.Collections.Concurrent;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Schema;
using Isthmus.Fhir.Search.Query;

namespace Isthmus.Api.Fhir;

/// <summary>
/// Which of a resource's own elements are given out (R4 search.html#elements, #summary). Whatever is left out, the elements without which
/// the resource would mean something else or nothing stay: those that must be there, and modifiers.
/// </summary>
internal sealed class ElementChoice
{
    private static readonly ConcurrentDictionary<string, Marks> Known = new(StringComparer.Ordinal);

    private readonly Func<string, bool>? wanted;

    private ElementChoice(Func<string, bool>? wanted) => this.wanted = wanted;

    public static ElementChoice All { get; } = new(null);

    /// <summary>Tells that it is not the whole (http://terminology.hl7.org/CodeSystem/v3-ObservationValue).</summary>
    public static ReadOnlySpan<byte> SubsettedTag => """{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"}"""u8;

    public bool IsSubset => wanted is not null;

    /// <summary>For the resources of a type in the answer to a search; <c>_elements</c> is about matches only.</summary>
    public static ElementChoice Of(SearchQuery query, string type)
    {
        var marks = Known.GetOrAdd(type, Marks.Of);
        var elements = type == query.Type ? query.Elements : [];
        return (query.Summary, elements.Count) switch
        {
            (SearchSummary.True, _) => new(name => marks.Summary.Contains(Stem(name)) || marks.Kept.Contains(Stem(name))),
            (SearchSummary.Text, _) => new(name => name == "text" || marks.Kept.Contains(Stem(name))),
            (SearchSummary.Data, _) => new(name => name != "text"),
            (_, > 0) => new(name => marks.Kept.Contains(Stem(name)) || elements.Contains(Stem(name))),
            _ => All,
        };

        // A choice goes by its stem: value, not valueQuantity.
        string Stem(string name) => FhirSchema.R4.Type(type)?.Element(name)?.Choice ?? name;
    }

    public bool Has(string name) => wanted is null || wanted(name.StartsWith('_') ? name[1..] : name);

    /// <summary>What the definition of a type says of its own elements, choices by their stems.</summary>
    private sealed record Marks(HashSet<string> Summary, HashSet<string> Kept)
    {
        public static Marks Of(string type)
        {
            var marks = new Marks(new(StringComparer.Ordinal), new(StringComparer.Ordinal) { "resourceType", "id" });
            foreach (var element in DefinitionSet.R4.FindStructure($"http://hl7.org/fhir/StructureDefinition/{type}")["snapshot"u8]["element"u8])
            {
                if (element["path"u8].AsString()?.Split('.') is not [_, var name])
                {
                    continue;
                }

                name = name.EndsWith("[x]", StringComparison.Ordinal) ? name[..^3] : name;
                if (element["isSummary"u8].AsBoolean() == true)
                {
                    marks.Summary.Add(name);
                }

                if (element["isModifier"u8].AsBoolean() == true || element["min"u8].AsInteger() > 0)
                {
                    marks.Kept.Add(name);
                }
            }

            return marks;
        }
    }
}
