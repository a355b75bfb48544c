using System.CommandLine;
using Isthmus.Fhir.Definitions;

namespace Isthmus.Host.Conformance;

/// <summary>The <c>--package</c> option: guides laid over FHIR R4, each over those it builds on.</summary>
internal static class PackageFiles
{
    public static Option<string[]> Option() => new("--package")
    {
        Description = "A guide's package: a .tgz, or a folder of definitions. May be given several times.",
    };

    public static DefinitionSet Load(IEnumerable<string> paths) =>
        PackageOrder.Of([.. paths.Select(Read)]).Packages.Aggregate(DefinitionSet.R4, (definitions, package) => definitions.With(package));

    private static DefinitionPackage Read(string path)
    {
        if (File.Exists(path))
        {
            using var archive = File.OpenRead(path);
            return DefinitionPackage.Read(archive);
        }

        return DefinitionPackage.Read(Directory.EnumerateFiles(path, "*.json", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(file => (Path.GetRelativePath(path, file), (ReadOnlyMemory<byte>)File.ReadAllBytes(file))));
    }
}
