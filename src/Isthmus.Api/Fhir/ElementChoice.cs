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
            (SearchSummary.True, _) => new(name => marks.Summary.Contains(name) || marks.Kept.Contains(name)),
            (SearchSummary.Text, _) => new(name => name == "text" || marks.Kept.Contains(name)),
            (SearchSummary.Data, _) => new(name => name != "text"),
            (_, > 0) => new(name => marks.Kept.Contains(name) || elements.Contains(name) || (marks.ChoiceOf.TryGetValue(name, out var stem) && elements.Contains(stem))),
            _ => All,
        };
    }

    public bool Has(string name) => wanted is null || wanted(name.StartsWith('_') ? name[1..] : name);

    /// <summary>What the definition of a type says of its own elements, by their names in JSON.</summary>
    private sealed record Marks(HashSet<string> Summary, HashSet<string> Kept, Dictionary<string, string> ChoiceOf)
    {
        public static Marks Of(string type)
        {
            var marks = new Marks(new(StringComparer.Ordinal), new(StringComparer.Ordinal) { "resourceType", "id" }, new(StringComparer.Ordinal));
            foreach (var definition in FhirSchema.R4.Type(type)?.OwnElements ?? [])
            {
                if (definition.Choice is { } stem)
                {
                    marks.ChoiceOf[definition.Name] = stem;
                }
            }

            foreach (var element in DefinitionSet.R4.FindStructure($"http://hl7.org/fhir/StructureDefinition/{type}")["snapshot"u8]["element"u8])
            {
                if (element["path"u8].AsString()?.Split('.') is not [_, var name])
                {
                    continue;
                }

                var isChoice = name.EndsWith("[x]", StringComparison.Ordinal);
                var names = isChoice ? marks.ChoiceOf.Where(c => c.Value == name[..^3]).Select(c => c.Key) : [name];
                foreach (var own in names)
                {
                    if (element["isSummary"u8].AsBoolean() == true)
                    {
                        marks.Summary.Add(own);
                    }

                    if (element["isModifier"u8].AsBoolean() == true || element["min"u8].AsInteger() > 0)
                    {
                        marks.Kept.Add(own);
                    }
                }
            }

            return marks;
        }
    }
}
