using System.CommandLine;
using Isthmus.Exchange;
using Isthmus.Fhir.Definitions;
using Isthmus.Host.Terminal;
using Spectre.Console;

namespace Isthmus.Host.Conformance;

/// <summary>The <c>--package</c> option: guides laid over FHIR R4, each over those it builds on.</summary>
internal static class PackageFiles
{
    public static Option<string[]> Option() => new("--package")
    {
        Description = "A guide's package: a .tgz, or a folder of definitions. May be given several times.",
    };

    /// <summary>The definitions with all packages. What is left out of one, or would be needed besides, is told on standard error.</summary>
    /// <exception cref="RefusalException">A package holds no definitions, or only a part of them: what it asks for would not be checked.</exception>
    public static DefinitionSet Load(IEnumerable<string> paths)
    {
        var packages = paths.Select(path => Checked(path, Read(path))).ToArray();
        foreach (var missing in PackageOrder.Of(packages).Missing)
        {
            Output.Progress.MarkupLineInterpolated($"[yellow]fhir.package.dependency-missing: a package builds on {missing}, which is not given; profiles of it are unknown.[/]");
        }

        return DefinitionSet.R4.With(packages);
    }

    private static DefinitionPackage Checked(string path, DefinitionPackage package)
    {
        foreach (var fault in package.Faults)
        {
            Output.Progress.MarkupLineInterpolated($"[yellow]{fault.Rule}: {path} {fault.File} {fault.Message}[/]");
        }

        return package.IsWhole && package.Count > 0
            ? package
            : throw new RefusalException(new("fhir.package.unusable", $"{path} is not a whole package of FHIR definitions. Fetch it again.", FailureDomain.Client));
    }

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
