using System.Globalization;
using Isthmus.Fhir.Elements;

namespace Isthmus.Mapping.Reverse;

/// <summary>The resources that were given, found by type and by what references call them.</summary>
internal sealed class ResourceIndex
{
    private const int LongestId = 64;

    private readonly List<(FhirElement Resource, string Type)> resources = [];
    private readonly Dictionary<FhirElement, (int Number, string Type)> places = [];
    private readonly Dictionary<string, List<FhirElement>> byType = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FhirElement> byReference = new(StringComparer.Ordinal);
    private readonly Dictionary<FhirElement, int> positions = [];
    private readonly bool isSingle;

    /// <param name="bundle">Of any type; absent where single resources are given.</param>
    public ResourceIndex(FhirElement bundle, IReadOnlyList<FhirElement> single)
    {
        Bundle = bundle;
        isSingle = single.Count == 1;
        var number = 0;
        foreach (var entry in bundle["entry"])
        {
            Add(entry["resource"], entry["fullUrl"].AsString(), number++);
        }

        for (number = 0; number < single.Count; number++)
        {
            Add(single[number], null, number);
        }
    }

    public FhirElement Bundle { get; }

    public IReadOnlyList<(FhirElement Resource, string Type)> All => resources;

    /// <summary>The type of a resource that was given; null for any other element.</summary>
    public string? TypeOf(FhirElement resource) => places.TryGetValue(resource, out var place) ? place.Type : null;

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

    /// <summary>The FHIRPath from what was given to an element. A comment in it names the resource, as <c>Bundle.entry[3].resource/*Goal/g*/</c>.</summary>
    public string Locate(FhirElement element)
    {
        var path = string.Empty;
        for (var at = element; at.Exists; at = at.Parent)
        {
            if (places.TryGetValue(at, out var place))
            {
                return Locate(at, place.Number, place.Type) + path;
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

    private string Locate(FhirElement resource, int number, string type)
    {
        if (isSingle)
        {
            return type;
        }

        var place = number.ToString(CultureInfo.InvariantCulture);
        var path = Bundle.Exists ? $"Bundle.entry[{place}].resource" : $"{type}[{place}]";
        return resource["id"u8].AsString() is { } id && IsId(id) ? $"{path}/*{type}/{id}*/" : path;
    }

    /// <summary>Whether a text is what FHIR calls an id (R4 datatypes.html#id), and no content that stands in its place.</summary>
    private static bool IsId(string text) =>
        text.Length is > 0 and <= LongestId && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.');

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

    private void Add(FhirElement resource, string? fullUrl, int number)
    {
        if (resource.ResourceType is not { } type)
        {
            return;
        }

        resources.Add((resource, type));
        places.TryAdd(resource, (number, type));
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
