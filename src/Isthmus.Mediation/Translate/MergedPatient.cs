using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Isthmus.Exchange;
using Isthmus.Fhir.Json;
using Isthmus.Records;

namespace Isthmus.Mediation.Translate;

/// <summary>
/// Fits the patient that a merge map makes of MRG to what identification found. Two persons: it becomes the one that goes, inactive and
/// linked to the one that stays. One person under two numbers: there is nobody to link to, and it is left out. Merges are few, so their
/// resources may be written twice.
/// </summary>
internal static class MergedPatient
{
    public static void Fit(List<ResourceDraft> drafts, List<int> origins, PersonId survivor, PersonId? gone)
    {
        var at = drafts.FindIndex(d => d.Type == "Patient" && d.Id != survivor.Value);
        if (at < 0)
        {
            return;
        }

        var (named, meant) = (drafts[at].Id.ToString("D"), (gone ?? survivor).ToString());
        if (gone is null)
        {
            drafts.RemoveAt(at);
            origins.RemoveAt(at);
        }

        for (var i = 0; i < drafts.Count; i++)
        {
            var json = Encoding.UTF8.GetString(drafts[i].Json.Span).Replace(named, meant, StringComparison.Ordinal);
            if (gone is null && drafts[i].Type == "Patient")
            {
                json = WithoutLink(json);
            }

            var bytes = Encoding.UTF8.GetBytes(json);
            drafts[i] = drafts[i] with { Id = gone is { } other && i == at ? other.Value : drafts[i].Id, Json = bytes, Root = FhirJsonReader.Read(bytes).Root };
        }
    }

    private static string WithoutLink(string json)
    {
        var patient = JsonNode.Parse(json)!.AsObject();
        patient.Remove("link");
        return JsonSerializer.Serialize(patient);
    }
}
