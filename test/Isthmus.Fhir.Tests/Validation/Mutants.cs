using System.Text.Json.Nodes;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Schema;

namespace Isthmus.Fhir.Tests.Validation;

/// <summary>A resource with one fault, and what the fault is.</summary>
internal sealed record Mutant(string Kind, string Path, string Json);

/// <summary>
/// Makes a resource wrong in one place at a time: wrong JSON types, bad formats, unknown and missing elements, wrong codes and
/// reference targets, too many, broken slices. Of places that differ only in their index the first stands for all.
/// </summary>
internal sealed class Mutants(JsonObject resource, FhirElement profile)
{
    private readonly List<Mutant> made = [];
    private readonly HashSet<(string, string)> seen = [];

    public static List<Mutant> Of(JsonObject resource, FhirElement profile)
    {
        var mutants = new Mutants(resource, profile);
        mutants.Object(resource, (string)resource["resourceType"]!, (string)resource["resourceType"]!);
        mutants.Demands();
        return mutants.made;
    }

    private void Object(JsonObject at, string type, string path)
    {
        Try("unknown-element", path, () => at["notAnElement"] = "x", () => at.Remove("notAnElement"));
        foreach (var (name, value) in at.ToList())
        {
            if (name == "resourceType" || name.StartsWith('_') || FhirSchema.R4.Type(type)?.Element(name) is not { } element)
            {
                continue;
            }

            Property(at, name, value!, element, $"{path}.{name}");
        }
    }

    private void Property(JsonObject at, string name, JsonNode value, FhirElementDefinition element, string path)
    {
        Replace("null", path, at, name, null);
        if (value is JsonArray array)
        {
            Replace("empty-array", path, at, name, new JsonArray());
            Replace("array-as-single", path, at, name, array[0]?.DeepClone() ?? "x");
            for (var i = 0; i < array.Count; i++)
            {
                var index = i;
                if (array[i] is { } item)
                {
                    Value(item, element, path, wrong => array[index] = wrong, () => array[index] = item);
                }
            }
        }
        else
        {
            Replace("single-as-array", path, at, name, new JsonArray(value.DeepClone()));
            Value(value, element, path, wrong => at[name] = wrong, () => at[name] = value);
        }
    }

    private void Value(JsonNode value, FhirElementDefinition element, string path, Action<JsonNode?> set, Action restore)
    {
        if (value is JsonObject inner)
        {
            var type = inner["resourceType"] is { } own ? (string)own! : element.Type;
            Swap("complex-as-text", path, "text", set, restore);
            Swap("empty-object", path, new JsonObject(), set, restore);
            if (type == "Reference" && inner["reference"] is { } target && !((string)target!).StartsWith('#') && ((string)target!).Contains('/'))
            {
                Try("unknown-target", path, () => inner["reference"] = "Chicken/1", () => inner["reference"] = target.DeepClone());
                if (element.Targets.Count > 0 && !element.Targets.Contains("Basic") && !element.Targets.Contains("Resource"))
                {
                    Try("wrong-target", path, () => inner["reference"] = "Basic/1", () => inner["reference"] = target.DeepClone());
                }
            }

            Object(inner, type, path);
            return;
        }

        Swap("value-as-object", path, new JsonObject { ["x"] = 1 }, set, restore);
        var isText = value.GetValueKind() == System.Text.Json.JsonValueKind.String;
        Swap(isText ? "text-as-number" : "number-as-text", path, isText ? 7 : "seven", set, restore);
        if (BadFormat(element.Type) is { } bad)
        {
            Swap("bad-format", path, bad, set, restore);
        }
    }

    private static JsonNode? BadFormat(string type) => type switch
    {
        "date" => "2020-02-30",
        "dateTime" => "2020-05-01T10:30",
        "instant" => "2020-05-01",
        "time" => "9:30",
        "uri" or "url" or "canonical" => "http://example.org/a b",
        "code" => " padded",
        "id" => "not an id",
        "oid" => "urn:oid:9.9",
        "uuid" => "urn:uuid:1234",
        "base64Binary" => "%%%",
        "integer" => 1.5,
        "positiveInt" => 0,
        "unsignedInt" => -1,
        "string" or "markdown" => "",
        _ => null,
    };

    /// <summary>What the profile's snapshot demands: required elements, greatest counts, required codes, required slices.</summary>
    private void Demands()
    {
        foreach (var definition in profile["snapshot"u8]["element"u8])
        {
            var path = definition["path"u8].AsString()!;
            if (!path.Contains('.') || definition["id"u8].AsString()!.Contains(':'))
            {
                continue;
            }

            var name = path[(path.LastIndexOf('.') + 1)..];
            foreach (var holder in Holders(path))
            {
                Demand(holder, name, path, definition);
            }
        }
    }

    private void Demand(JsonObject holder, string name, string path, FhirElement definition)
    {
        var property = name.EndsWith("[x]", StringComparison.Ordinal)
            ? holder.Select(pair => pair.Key).FirstOrDefault(key => key.StartsWith(name[..^3], StringComparison.Ordinal) && key.Length > name.Length - 3 && char.IsAsciiLetterUpper(key[name.Length - 3]))
            : name;
        if (property is null || holder[property] is not { } value)
        {
            return;
        }

        if (definition["min"u8].AsInteger() > 0 && !holder.ContainsKey("_" + property))
        {
            Try("missing", path, () => holder.Remove(property), () => holder[property] = value);
        }

        if (definition["max"u8].AsString() == "1" && value is JsonArray { Count: 1 } single)
        {
            Try("too-many", path, () => single.Add(single[0]!.DeepClone()), () => single.RemoveAt(1));
        }

        if (definition["binding"u8]["strength"u8].TextEquals("required"u8) && definition["type"u8][0]["code"u8].TextEquals("code"u8) && value is JsonValue
            && definition["binding"u8]["valueSet"u8].AsString() is { } set && !set.Contains("mimetypes", StringComparison.Ordinal) && !set.Contains("languages", StringComparison.Ordinal) && !set.Contains("currencies", StringComparison.Ordinal))
        {
            Try("wrong-code", path, () => holder[property] = "not-a-code", () => holder[property] = value);
        }

        if (definition["slicing"u8].Exists && RequiredSlice(path) && value is JsonArray slices)
        {
            var kept = slices.DeepClone();
            Try("broken-slice", path, () => Scramble(slices), () => holder[property] = kept);
        }
    }

    private bool RequiredSlice(string path)
    {
        foreach (var definition in profile["snapshot"u8]["element"u8])
        {
            if (definition["path"u8].TextEquals(System.Text.Encoding.UTF8.GetBytes(path)) && definition["sliceName"u8].Exists && definition["min"u8].AsInteger() > 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Makes every code below another one, so that no slice is recognised.</summary>
    private static void Scramble(JsonNode node)
    {
        if (node is JsonObject inner)
        {
            foreach (var (name, value) in inner.ToList())
            {
                if (name is "code" or "url" or "system" && value is JsonValue)
                {
                    inner[name] = "http://example.org/other";
                }
                else if (value is not null)
                {
                    Scramble(value);
                }
            }
        }
        else if (node is JsonArray array)
        {
            foreach (var item in array)
            {
                Scramble(item!);
            }
        }
    }

    private List<JsonObject> Holders(string path)
    {
        var steps = path.Split('.')[1..^1];
        var at = new List<JsonObject> { resource };
        foreach (var step in steps)
        {
            at = [.. at.SelectMany(one => one[step] switch
            {
                JsonArray array => array.OfType<JsonObject>(),
                JsonObject single => [single],
                _ => Enumerable.Empty<JsonObject>(),
            })];
        }

        return at;
    }

    private void Replace(string kind, string path, JsonObject at, string name, JsonNode? wrong)
    {
        var value = at[name];
        Try(kind, path, () => at[name] = wrong, () => at[name] = value);
    }

    private void Swap(string kind, string path, JsonNode wrong, Action<JsonNode?> set, Action restore) => Try(kind, path, () => set(wrong), restore);

    private void Try(string kind, string path, Action fault, Action restore)
    {
        if (seen.Add((kind, path)))
        {
            fault();
            made.Add(new Mutant(kind, path, resource.ToJsonString()));
            restore();
        }
    }
}
