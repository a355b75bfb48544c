using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;

namespace Isthmus.Fhir.Definitions;

/// <summary>A guide as it is distributed: its conformance resources, and what it says of itself in <c>package.json</c> (FHIR NPM package specification).</summary>
public sealed class DefinitionPackage
{
    private readonly PackageDefinitions layer;

    private DefinitionPackage(string name, string version, IReadOnlyDictionary<string, string> dependencies, PackageDefinitions layer, IReadOnlyList<PackageFault> faults)
    {
        Name = name;
        Version = version;
        Dependencies = dependencies;
        this.layer = layer;
        Faults = faults;
    }

    public string Name { get; }

    public string Version { get; }

    /// <summary>Names of the packages this one builds on, each with the version it asks for.</summary>
    public IReadOnlyDictionary<string, string> Dependencies { get; }

    /// <summary>What was left out of the package, and why.</summary>
    public IReadOnlyList<PackageFault> Faults { get; }

    /// <summary>Whether the package was read to its end; files that were left out by themselves do not count.</summary>
    public bool IsWhole => Faults.All(fault => fault.File != "");

    /// <summary>How many definitions it has.</summary>
    public int Count => layer.Count;

    internal DefinitionLayer Layer => layer;

    /// <summary>A package of resources that the caller has read. Those without a url are left out, as nothing can refer to them.</summary>
    public static DefinitionPackage Of(string name, string version, IEnumerable<FhirTape> resources) =>
        new(name, version, new Dictionary<string, string>(StringComparer.Ordinal), PackageDefinitions.Of(resources), []);

    /// <summary>A package file (<c>.tgz</c>). Nothing is written to disk.</summary>
    public static DefinitionPackage Read(Stream archive, PackageLimits? limits = null)
    {
        var faults = new List<PackageFault>();
        return Read([.. PackageArchive.Files(archive, limits ?? PackageLimits.Default, faults)], faults);
    }

    /// <summary>
    /// A package's files by their path, as in an unpacked folder: with or without the leading <c>package/</c>, and with or
    /// without a <c>package.json</c>. Files in folders further down (examples, tests) are left out.
    /// </summary>
    public static DefinitionPackage Read(IEnumerable<(string Path, ReadOnlyMemory<byte> Content)> files) => Read([.. files], []);

    public override string ToString() => $"{Name}#{Version}";

    private static DefinitionPackage Read((string Path, ReadOnlyMemory<byte> Content)[] files, List<PackageFault> faults)
    {
        var inPackage = files
            .Select(file => (Path: file.Path.Replace('\\', '/'), file.Content))
            .Select(file => (Name: file.Path.StartsWith("package/", StringComparison.Ordinal) ? file.Path["package/".Length..] : file.Path, file.Content))
            .Where(file => !file.Name.Contains('/', StringComparison.Ordinal) && !file.Name.StartsWith('.') && file.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .ToArray();
        var layer = PackageDefinitions.Read(inPackage.Where(file => file.Name != "package.json"), faults);
        var manifest = FhirJsonReader.ReadJson(inPackage.FirstOrDefault(file => file.Name == "package.json").Content).Root;
        var dependencies = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var dependency in manifest["dependencies"u8])
        {
            dependencies[System.Text.Encoding.UTF8.GetString(dependency.Name)] = dependency.AsString() ?? "";
        }

        return new DefinitionPackage(manifest["name"u8].AsString() ?? "", manifest["version"u8].AsString() ?? "", dependencies, layer, faults);
    }
}
