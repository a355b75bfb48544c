using System.Text.Json;
using Isthmus.Exchange.Contracts;
using Isthmus.Exchange.Deliveries;
using Isthmus.Exchange.Packs;
using Isthmus.Trust.Consent.Decision;

namespace Isthmus.Outbound.Deliveries;

/// <summary>
/// What consent is decided over, read from the payload itself: the class of each resource, its security labels and codes, who made
/// it. A document that is a Bundle is taken apart. An HL7 v2 message is known by the resources beside it, of which it was made; alone
/// it is unknown.
/// </summary>
internal static class PayloadFacts
{
    private static readonly DataFacts Unlabelled = new(null, []);

    /// <summary>Every part on its own, for a person with directives on file.</summary>
    /// <param name="documents">The payload.</param>
    /// <param name="form">In a minimised one references are not those that directives know, and labels may have been left out.</param>
    public static IReadOnlyList<DataFacts> Of(IReadOnlyList<PackedResource> documents, PayloadForm form)
    {
        var facts = new List<DataFacts>(documents.Count);
        foreach (var document in documents.Where(IsResource))
        {
            using var json = JsonDocument.Parse(document.Json);
            foreach (var resource in Resources(json.RootElement))
            {
                facts.Add(Of(resource, form));
            }
        }

        return facts.Count > 0 ? facts : [DataFacts.Unknown];
    }

    /// <summary>
    /// Labels only, all parts together, for a person without any directive: nothing else can then change the decision, and most
    /// payloads carry no label at all.
    /// </summary>
    public static IReadOnlyList<DataFacts> LabelsOf(IReadOnlyList<PackedResource> documents, PayloadForm form)
    {
        List<DataFacts>? labelled = null;
        if (!documents.Any(IsResource))
        {
            return [DataFacts.Unknown];
        }

        foreach (var document in documents.Where(IsResource))
        {
            if (document.Json.Span.IndexOf("\"security\""u8) < 0)
            {
                continue;
            }

            using var json = JsonDocument.Parse(document.Json);
            foreach (var resource in Resources(json.RootElement))
            {
                (labelled ??= []).Add(new DataFacts(null, Labels(resource, form)));
            }
        }

        return labelled ?? [form == PayloadForm.Full ? Unlabelled : DataFacts.Unknown];
    }

    private static bool IsResource(PackedResource document) => document.Type != DeliverySeal.MessageType;

    private static IEnumerable<JsonElement> Resources(JsonElement document) =>
        Text(document, "resourceType") == "Bundle"
            ? List(document, "entry").Where(entry => entry.TryGetProperty("resource", out _)).Select(entry => entry.GetProperty("resource"))
            : [document];

    private static DataFacts Of(JsonElement resource, PayloadForm form) => new(
        Text(resource, "resourceType"),
        Labels(resource, form),
        Codes(resource),
        Reference: form != PayloadForm.Full ? null : $"{Text(resource, "resourceType")}/{Text(resource, "id")}",
        Authors: form != PayloadForm.Full ? null : Authors(resource));

    private static List<string>? Labels(JsonElement resource, PayloadForm form)
    {
        var labels = resource.TryGetProperty("meta", out var meta)
            ? List(meta, "security").Select(label => Text(label, "code")).OfType<string>().ToList()
            : [];
        return labels.Count == 0 && form != PayloadForm.Full ? null : labels;
    }

    private static List<string> Codes(JsonElement resource) =>
        resource.TryGetProperty("code", out var code) && code.ValueKind == JsonValueKind.Object
            ? [.. List(code, "coding").Select(coding => $"{Text(coding, "system")}|{Text(coding, "code")}")]
            : [];

    private static List<string> Authors(JsonElement resource)
    {
        var authors = new List<string>();
        foreach (var role in (ReadOnlySpan<string>)["performer", "author", "asserter", "recorder"])
        {
            if (resource.TryGetProperty(role, out var value))
            {
                var references = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : Enumerable.Repeat(value, 1);
                authors.AddRange(references.Select(reference => Text(reference, "reference")).OfType<string>());
            }
        }

        return authors;
    }

    private static IEnumerable<JsonElement> List(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : Array.Empty<JsonElement>();

    private static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
