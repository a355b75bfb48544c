using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Definitions;

/// <summary>The resources of one package, by url.</summary>
internal sealed class PackageDefinitions : DefinitionLayer
{
    private readonly ILookup<string, Definition> byUrl;
    private readonly ILookup<string, Definition> byType;

    public PackageDefinitions(IEnumerable<FhirTape> resources)
    {
        var definitions = resources
            .Select(tape => new Definition(tape.Root["url"u8].AsString() ?? "", tape.Root["version"u8].AsString() ?? "", tape.Root))
            .Where(definition => definition.Url.Length > 0)
            .OrderBy(definition => definition.Url, StringComparer.Ordinal)
            .ToArray();
        byUrl = definitions.ToLookup(definition => definition.Url, StringComparer.Ordinal);
        byType = definitions.ToLookup(definition => definition.Resource.ResourceType ?? "", StringComparer.Ordinal);
    }

    public override FhirElement Find(string url, string? version) => byUrl[url]
        .Where(definition => version is null || Meets(definition.Version, version))
        .OrderByDescending(definition => definition.Version, Comparer<string>.Create(CanonicalVersion.Compare))
        .FirstOrDefault()?.Resource ?? default;

    public override IEnumerable<FhirElement> All(string resourceType) => byType[resourceType].Select(definition => definition.Resource);

    private sealed record Definition(string Url, string Version, FhirElement Resource);
}
