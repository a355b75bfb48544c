using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Isthmus.Mapping.Tests.Reverse;

/// <summary>
/// What a bundle says, whatever its resources are called: each resource as JSON in which references stand for the content they lead to,
/// in a fixed order. Provenance and what the exchange itself adds (timestamps of transformation) are left out.
/// </summary>
internal static class BundleContent
{
    private const int Rounds = 4;

    public static IReadOnlyList<string> Of(byte[] bundle)
    {
        var resources = JsonNode.Parse(bundle)!["entry"]!.AsArray()
            .Select(entry => entry!["resource"]!.AsObject())
            .Where(resource => resource["resourceType"]!.GetValue<string>() != "Provenance")
            .ToList();
        var types = resources.ToDictionary(Name, resource => resource["resourceType"]!.GetValue<string>());
        var names = types;
        for (var round = 0; round < Rounds; round++)
        {
            var next = resources.ToDictionary(Name, resource => Hash(Text(resource, names)));
            names = next;
        }

        // The types alone tell first where two bundles differ; then what the references lead to.
        return [.. resources.Select(resource => Text(resource, types)).Order(StringComparer.Ordinal), .. names.Values.Order(StringComparer.Ordinal)];
    }

    private static string Name(JsonObject resource) => $"{resource["resourceType"]}/{resource["id"]}";

    private static string Text(JsonObject resource, Dictionary<string, string> names)
    {
        var copy = resource.DeepClone().AsObject();
        copy.Remove("id");
        if (copy["eventCoding"] is JsonObject trigger)
        {
            // MSH-9.3 is written even where the sender left it out.
            trigger.Remove("display");
            if (copy["meta"]?["tag"] is JsonArray { Count: 1 } tags && tags[0]!["code"]?.GetValue<string>() == "P")
            {
                // MSH-11 is required: what nobody calls a test is production.
                copy.Remove("meta");
            }
        }

        if (copy["valueString"] is not null && copy["referenceRange"]?[0] is JsonObject { } range && range["text"] is not null)
        {
            // The numbers of a range are read from its text, beside numbers only.
            range.Remove("low");
            range.Remove("high");
        }

        Rename(copy, names);
        return Sorted(copy)!.ToJsonString();
    }

    /// <summary>Properties in the order of their names: JSON gives their own order no meaning.</summary>
    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject properties => new JsonObject(properties.OrderBy(property => property.Key, StringComparer.Ordinal).Select(property => KeyValuePair.Create(property.Key, Sorted(property.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Sorted)]),
        _ => node?.DeepClone(),
    };

    private static void Rename(JsonNode node, Dictionary<string, string> names)
    {
        switch (node)
        {
            case JsonObject properties:
                if (properties["reference"] is JsonValue reference && names.TryGetValue(reference.GetValue<string>(), out var name))
                {
                    properties["reference"] = name;
                }

                foreach (var (_, value) in properties.ToList())
                {
                    if (value is not null)
                    {
                        Rename(value, names);
                    }
                }

                break;
            case JsonArray items:
                foreach (var item in items)
                {
                    if (item is not null)
                    {
                        Rename(item, names);
                    }
                }

                break;
        }
    }

    private static string Hash(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
}
