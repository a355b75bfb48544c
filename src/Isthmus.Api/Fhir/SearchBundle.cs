using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Isthmus.Fhir.Search.Query;
using Isthmus.Records.Read;
using Isthmus.Records.Search;

namespace Isthmus.Api.Fhir;

/// <summary>A page of a search as a Bundle of type <c>searchset</c> (R4 bundle.html#searchset).</summary>
internal static class SearchBundle
{
    private static readonly JsonSerializerOptions WithoutNulls = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static ReadOnlyMemory<byte> Write(SearchQuery query, SearchAnswer answer, string self, string? next, string baseUrl)
    {
        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        using (var json = new Utf8JsonWriter(buffer, StoredJson.Relaxed))
        {
            json.WriteStartObject();
            json.WriteString("resourceType", "Bundle");
            json.WriteString("type", "searchset");
            if (answer.Total is { } total)
            {
                json.WriteNumber("total", total);
            }

            BundleLinks.Write(json, self, next);
            WriteEntries(json, query, answer, baseUrl);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static void WriteEntries(Utf8JsonWriter json, SearchQuery query, SearchAnswer answer, string baseUrl)
    {
        // An empty array is no FHIR.
        if (answer.Matches.Count + answer.Included.Count + query.Ignored.Count == 0)
        {
            return;
        }

        json.WriteStartArray("entry");
        foreach (var match in answer.Matches)
        {
            WriteEntry(json, query, match, "match", baseUrl);
        }

        foreach (var included in answer.Included)
        {
            WriteEntry(json, query, included, "include", baseUrl);
        }

        if (query.Ignored.Count > 0)
        {
            json.WriteStartObject();
            json.WritePropertyName("resource");
            JsonSerializer.Serialize(json, new { resourceType = "OperationOutcome", issue = query.Ignored.Select(f => SearchRefusals.Issue(f, "warning")) }, WithoutNulls);
            WriteMode(json, "outcome");
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteEntry(Utf8JsonWriter json, SearchQuery query, StoredResource resource, string mode, string baseUrl)
    {
        json.WriteStartObject();
        json.WriteString("fullUrl", $"{baseUrl}/{resource.Type}/{resource.Id:D}");
        json.WritePropertyName("resource");
        StoredJson.Write(json, resource, ElementChoice.Of(query, resource.Type));
        WriteMode(json, mode);
        json.WriteEndObject();
    }

    private static void WriteMode(Utf8JsonWriter json, string mode)
    {
        json.WriteStartObject("search");
        json.WriteString("mode", mode);
        json.WriteEndObject();
    }
}
