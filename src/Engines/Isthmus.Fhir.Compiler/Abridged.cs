using System.Text.Encodings.Web;
using System.Text.Json;

namespace Isthmus.Fhir.Compiler;

/// <summary>A conformance resource without what only people read: narrative, mappings and prose. What decides stays.</summary>
internal static class Abridged
{
    private const string Extensions = "http://hl7.org/fhir/StructureDefinition/";

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private static readonly HashSet<string> OfResource =
        ["text", "contact", "publisher", "useContext", "jurisdiction", "description", "purpose", "copyright", "date", "meta", "mapping", "keyword", "comment", "xpath", "xpathUsage"];

    private static readonly HashSet<string> OfElement =
        ["definition", "comment", "requirements", "alias", "mapping", "isModifierReason", "meaningWhenMissing", "orderMeaning", "example"];

    private static readonly HashSet<string> OfConstraint = ["xpath", "requirements"];

    private static readonly HashSet<string> OfExtension =
    [
        .. new[]
        {
            "structuredefinition-fmm", "structuredefinition-fmm-no-warnings", "structuredefinition-wg", "structuredefinition-category", "structuredefinition-security-category",
            "structuredefinition-normative-version", "structuredefinition-table-name", "structuredefinition-summary", "structuredefinition-json-type",
            "structuredefinition-xml-type", "structuredefinition-rdf-type", "structuredefinition-display-hint", "structuredefinition-ballot-status",
            "elementdefinition-bindingName", "elementdefinition-isCommonBinding", "elementdefinition-bestpractice-explanation",
        }.Select(name => Extensions + name),
    ];

    /// <summary>Whole resources that describe servers and say nothing about content.</summary>
    public static bool Omits(string resourceType) => resourceType == "CapabilityStatement";

    public static byte[] Write(JsonElement resource)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Compact))
        {
            // A snapshot holds all that its differential says.
            var hasSnapshot = resource.TryGetProperty("snapshot", out _);
            WriteObject(writer, resource, property => OfResource.Contains(property) || (hasSnapshot && property == "differential"));
        }

        return stream.ToArray();
    }

    private static void WriteObject(Utf8JsonWriter writer, JsonElement element, Func<string, bool> omits)
    {
        writer.WriteStartObject();
        foreach (var property in element.EnumerateObject())
        {
            if (omits(property.Name) || (property.Name is "extension" && !property.Value.EnumerateArray().Any(IsKept)))
            {
                continue;
            }

            writer.WritePropertyName(property.Name);
            WriteValue(writer, property.Value, OmissionsUnder(property.Name));
        }

        writer.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter writer, JsonElement value, Func<string, bool> omits)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            WriteObject(writer, value, omits);
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            writer.WriteStartArray();
            foreach (var item in value.EnumerateArray().Where(IsKept))
            {
                WriteValue(writer, item, omits);
            }

            writer.WriteEndArray();
        }
        else
        {
            value.WriteTo(writer);
        }
    }

    private static Func<string, bool> OmissionsUnder(string property) => property switch
    {
        "element" => OfElement.Contains,
        "constraint" => OfConstraint.Contains,
        "concept" => name => name == "definition",
        _ => _ => false,
    };

    private static bool IsKept(JsonElement item) =>
        item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("url", out var url) || url.ValueKind != JsonValueKind.String || !OfExtension.Contains(url.GetString()!);
}
