using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Isthmus.Records.Read;

namespace Isthmus.Api.Fhir;

/// <summary>Versions of one resource as a Bundle of type <c>history</c>, the newest first (R4 http.html#history).</summary>
internal static class HistoryBundle
{
    /// <param name="versions">At least one.</param>
    /// <param name="moreThan">How many a page has, where there are more; else null.</param>
    public static ReadOnlyMemory<byte> Write(IReadOnlyList<StoredResource> versions, string baseUrl, int? moreThan)
    {
        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        using (var json = new Utf8JsonWriter(buffer, StoredJson.Relaxed))
        {
            var self = $"{baseUrl}/{versions[0].Type}/{versions[0].Id:D}";
            json.WriteStartObject();
            json.WriteString("resourceType", "Bundle");
            json.WriteString("type", "history");
            BundleLinks.Write(
                json, $"{self}/_history",
                moreThan is { } count ? string.Create(CultureInfo.InvariantCulture, $"{self}/_history?_count={count}&_page={versions[^1].Version}") : null);
            json.WriteStartArray("entry");
            foreach (var version in versions)
            {
                json.WriteStartObject();
                json.WriteString("fullUrl", self);
                json.WritePropertyName("resource");
                StoredJson.Write(json, version, ElementChoice.All);

                // What made a version was a message, which says what is so, not what to do.
                json.WriteStartObject("request");
                json.WriteString("method", "PUT");
                json.WriteString("url", $"{version.Type}/{version.Id:D}");
                json.WriteEndObject();
                json.WriteStartObject("response");
                json.WriteString("status", version.Version == 1 ? "201" : "200");
                json.WriteString("etag", string.Create(CultureInfo.InvariantCulture, $"W/\"{version.Version}\""));
                json.WriteString("lastModified", version.Committed.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
