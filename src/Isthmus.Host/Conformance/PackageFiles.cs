using System.CommandLine;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;

namespace Isthmus.Host.Conformance;

/// <summary>The <c>--package</c> option: guides laid over FHIR R4, later ones before earlier ones.</summary>
internal static class PackageFiles
{
    public static Option<string[]> Option() => new("--package")
    {
        Description = "A guide's package: a folder of definitions. May be given several times.",
        AllowMultipleArgumentsPerToken = false,
    };

    public static DefinitionSet Load(IEnumerable<string> paths) =>
        paths.Aggregate(DefinitionSet.R4, (definitions, path) => definitions.With(Read(path)));

    private static DefinitionPackage Read(string path)
    {
        var folder = new DirectoryInfo(path);
        var resources = folder.EnumerateFiles("*.json", SearchOption.AllDirectories)
            .Where(file => file.Name is not "package.json" and not ".index.json")
            .OrderBy(file => file.FullName, StringComparer.Ordinal)
            .Select(file => FhirJsonReader.Read(File.ReadAllBytes(file.FullName)).Tape)
            .OfType<FhirTape>();
        return DefinitionPackage.Of(folder.Name, "", resources);
    }
}
