using System.Text.Json;
using System.Text.Json.Nodes;
using Isthmus.Fhir.Json;
using Isthmus.Records;

namespace Isthmus.Mediation.Complete;

/// <summary>The mark of a record of which something critical is missing: a tag (FHIR R4 resource.html#tag) that every reader sees.</summary>
internal static class SoftComplete
{
    public const string System = "https://isthmus.example/fhir/CodeSystem/completeness";
    public const string Code = "soft-complete";

    /// <summary>The same resource with the mark. Few carry one, so it may cost a second reading.</summary>
    public static ResourceDraft Mark(ResourceDraft draft)
    {
        var resource = JsonNode.Parse(draft.Json.Span)!.AsObject();
        var meta = resource["meta"]?.AsObject() ?? [];
        var tags = meta["tag"]?.AsArray() ?? [];
        tags.Add(new JsonObject { ["system"] = System, ["code"] = Code });
        meta["tag"] = tags;
        resource["meta"] = meta;
        var json = JsonSerializer.SerializeToUtf8Bytes(resource);
        return draft with { Json = json, Root = FhirJsonReader.Read(json).Root };
    }
}
