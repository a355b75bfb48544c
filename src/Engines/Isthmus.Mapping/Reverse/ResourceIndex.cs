using System.Globalization;
using Isthmus.Fhir.Elements;

namespace Isthmus.Mapping.Reverse;

/// <summary>The resources that were given, found by type and by what references call them.</summary>
internal sealed class ResourceIndex
{
    private readonly List<(FhirElement Resource, string Type, string Location)> resources = [];
    private readonly Dictionary<string, List<FhirElement>> byType = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FhirElement> byReference = new(StringComparer.Ordinal);
    private readonly Dictionary<FhirElement, string> locations = [];
    private readonly Dictionary<FhirElement, int> positions = [];

    /// <param name="bundle">Of any type; absent where single resources are given.</param>
    public ResourceIndex(FhirElement bundle, IReadOnlyList<FhirElement> single)
    {
        Bundle = bundle;
        var number = 0;
        foreach (var entry in bundle["entry"])
        {
            Add(entry["resource"], entry["fullUrl"].AsString(), $"Bundle.entry[{(number++).ToString(CultureInfo.InvariantCulture)}].resource");
        }

        for (number = 0; number < single.Count; number++)
        {
            Add(single[number], null, single.Count == 1 ? single[0].ResourceType ?? string.Empty : $"{single[number].ResourceType}[{number.ToString(CultureInfo.InvariantCulture)}]");
        }
    }

    public FhirElement Bundle { get; }

    public IEnumerable<(FhirElement Resource, string Type, string Location)> All => resources;

    public IReadOnlyList<FhirElement> OfType(string type) => byType.TryGetValue(type, out var those) ? those : [];

    /// <summary>What a reference leads to; the absent element if it is not here.</summary>
    public FhirElement Resolve(string reference)
    {
        if (byReference.TryGetValue(reference, out var found))
        {
            return found;
        }

        var history = reference.IndexOf("/_history/", StringComparison.Ordinal);
        reference = history < 0 ? reference : reference[..history];
        var id = reference.LastIndexOf('/');
        var type = id <= 0 ? -1 : reference.LastIndexOf('/', id - 1);
        return byReference.GetValueOrDefault(reference) is { Exists: true } known ? known : byReference.GetValueOrDefault(reference[(type + 1)..]);
    }

    /// <summary>The FHIRPath from what was given to an element.</summary>
    public string Locate(FhirElement element)
    {
        var path = string.Empty;
        for (var at = element; at.Exists; at = at.Parent)
        {
            if (locations.TryGetValue(at, out var location))
            {
                return location + path;
            }

            if (at.Parent.Kind == FhirKind.Array)
            {
                path = $"[{PositionOf(at).ToString(CultureInfo.InvariantCulture)}]{path}";
            }
            else if (!at.Name.IsEmpty)
            {
                path = $".{System.Text.Encoding.UTF8.GetString(at.Name)}{path}";
            }
        }

        return "Bundle" + path;
    }

    /// <summary>An item's place in its array. All of an array are counted when one is asked for, because findings come by the thousand.</summary>
    private int PositionOf(FhirElement item)
    {
        if (!positions.ContainsKey(item))
        {
            var position = 0;
            foreach (var one in item.Parent)
            {
                positions[one] = position++;
            }
        }

        return positions[item];
    }

    private void Add(FhirElement resource, string? fullUrl, string location)
    {
        if (resource.ResourceType is not { } type)
        {
            return;
        }

        resources.Add((resource, type, location));
        locations.TryAdd(resource, location);
        if (!byType.TryGetValue(type, out var those))
        {
            byType[type] = those = [];
        }

        those.Add(resource);
        if (fullUrl is not null)
        {
            byReference.TryAdd(fullUrl, resource);
        }

        if (resource["id"u8].AsString() is { } id)
        {
            byReference.TryAdd($"{type}/{id}", resource);
        }
    }
}
