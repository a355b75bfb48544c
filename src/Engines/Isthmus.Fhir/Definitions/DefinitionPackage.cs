using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Definitions;

/// <summary>A guide: its conformance resources, and what it says of itself in <c>package.json</c>.</summary>
public sealed class DefinitionPackage
{
    private DefinitionPackage(string name, string version, IReadOnlyDictionary<string, string> dependencies, IReadOnlyList<FhirTape> resources)
    {
        Name = name;
        Version = version;
        Dependencies = dependencies;
        Layer = new PackageDefinitions(resources);
    }

    public string Name { get; }

    public string Version { get; }

    /// <summary>Names of the packages this one builds on, each with the version it asks for.</summary>
    public IReadOnlyDictionary<string, string> Dependencies { get; }

    internal DefinitionLayer Layer { get; }

    /// <summary>A package of resources that the caller has read. Those without a url are left out, as nothing can refer to them.</summary>
    public static DefinitionPackage Of(string name, string version, IEnumerable<FhirTape> resources) =>
        new(name, version, new Dictionary<string, string>(StringComparer.Ordinal), [.. resources]);

    public override string ToString() => $"{Name}#{Version}";
}
