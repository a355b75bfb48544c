using Isthmus.Exchange.Contracts;
using Isthmus.Fhir.Elements;
using Isthmus.Records;
using Isthmus.Records.Commit;
using Isthmus.Trust.Consent.Decision;

namespace Isthmus.Mediation.Route;

/// <summary>What consent needs to know of the data that would go to one destination: its types, codes, labels and authors.</summary>
internal static class DataInQuestion
{
    /// <param name="needed">What the decision can turn on; nothing else is gathered.</param>
    public static IReadOnlyList<DataFacts> Of(IReadOnlyList<ResourceDraft> resources, DestinationTerms terms, FactsNeeded needed) => needed switch
    {
        FactsNeeded.None => [],
        FactsNeeded.Labels => [new DataFacts(null, [.. resources.Where(r => MayGo(r, terms)).SelectMany(LabelsOf)])],
        _ => [.. resources.Where(r => MayGo(r, terms)).Select(FactsOf)],
    };

    private static bool MayGo(ResourceDraft resource, DestinationTerms terms) =>
        terms.Form == PayloadForm.Full || terms.Elements.Any(e => e.StartsWith(resource.Type + ".", StringComparison.Ordinal));

    private static DataFacts FactsOf(ResourceDraft resource) => new(
        resource.Type,
        LabelsOf(resource),
        CodesOf(resource.Root["code"u8]["coding"u8]),
        Reference: $"{resource.Type}/{resource.Id:D}",
        Authors: Texts(resource.Root["performer"u8], "reference"u8));

    /// <summary>Hardly any resource has labels, and one look over its text tells.</summary>
    private static List<string> LabelsOf(ResourceDraft resource) =>
        resource.Json.Span.IndexOf("\"security\""u8) < 0 ? [] : Texts(resource.Root["meta"u8]["security"u8], "code"u8);

    private static List<string> Texts(FhirElement items, ReadOnlySpan<byte> name)
    {
        var texts = new List<string>();
        foreach (var item in items)
        {
            if (item[name].AsString() is { } text)
            {
                texts.Add(text);
            }
        }

        return texts;
    }

    private static List<string> CodesOf(FhirElement codings)
    {
        var codes = new List<string>();
        foreach (var coding in codings)
        {
            codes.Add($"{coding["system"u8].AsString()}|{coding["code"u8].AsString()}");
        }

        return codes;
    }
}
