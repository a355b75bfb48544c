using System.Text.Json;

namespace Isthmus.Api.Fhir;

/// <summary>The links of a page: itself, and the one that follows (R4 http.html#paging).</summary>
internal static class BundleLinks
{
    /// <param name="next">Null on the last page.</param>
    public static void Write(Utf8JsonWriter json, string self, string? next)
    {
        json.WriteStartArray("link");
        Write(json, ("self", self));
        if (next is not null)
        {
            Write(json, ("next", next));
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, (string Relation, string Url) link)
    {
        json.WriteStartObject();
        json.WriteString("relation", link.Relation);
        json.WriteString("url", link.Url);
        json.WriteEndObject();
    }
}
