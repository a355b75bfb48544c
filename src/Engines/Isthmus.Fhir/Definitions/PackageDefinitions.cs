using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;

namespace Isthmus.Fhir.Definitions;

/// <summary>The resources of one package, by url. A guide's files are kept as they came and become a tape when asked for.</summary>
internal sealed class PackageDefinitions : DefinitionLayer
{
    private readonly ILookup<string, Definition> byUrl;
    private readonly ILookup<string, Definition> byType;

    private PackageDefinitions(IEnumerable<Definition> definitions)
    {
        var ordered = definitions.Where(definition => definition.Url.Length > 0).OrderBy(definition => definition.Url, StringComparer.Ordinal).ToArray();
        byUrl = ordered.ToLookup(definition => definition.Url, StringComparer.Ordinal);
        byType = ordered.ToLookup(definition => definition.Type, StringComparer.Ordinal);
    }

    public int Count => byUrl.Sum(definitions => definitions.Count());

    public static PackageDefinitions Of(IEnumerable<FhirTape> resources) => new(resources.Select(tape => Definition.Of(tape.Root, new Lazy<FhirElement>(tape.Root))));

    /// <summary>Takes what is a resource with a url; what is no JSON is a fault, any other JSON none.</summary>
    public static PackageDefinitions Read(IEnumerable<(string Name, ReadOnlyMemory<byte> Content)> files, List<PackageFault> faults)
    {
        var definitions = new List<Definition>();
        foreach (var (name, content) in files)
        {
            var read = FhirJsonReader.ReadJson(content);
            if (read.Fault is { } fault)
            {
                faults.Add(PackageFault.NotJson(name, fault));
            }
            else
            {
                definitions.Add(Definition.Of(read.Root, new Lazy<FhirElement>(() => FhirJsonReader.ReadJson(content).Root)));
            }
        }

        return new PackageDefinitions(definitions);
    }

    public override FhirElement Find(string url, string? version) => byUrl[url]
        .Where(definition => version is null || Meets(definition.Version, version))
        .OrderByDescending(definition => definition.Version, Comparer<string>.Create(CanonicalVersion.Compare))
        .FirstOrDefault()?.Resource.Value ?? default;

    public override IEnumerable<FhirElement> All(string resourceType) => byType[resourceType].Select(definition => definition.Resource.Value);

    private sealed record Definition(string Type, string Url, string Version, Lazy<FhirElement> Resource)
    {
        public static Definition Of(FhirElement root, Lazy<FhirElement> resource) =>
            new(root.ResourceType ?? "", root["url"u8].AsString() ?? "", root["version"u8].AsString() ?? "", resource);
    }
}
