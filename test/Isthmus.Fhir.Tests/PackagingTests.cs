using System.Diagnostics;
using System.IO.Compression;
using System.Xml.Linq;
using Isthmus.Testing;

namespace Isthmus.Fhir.Tests;

/// <summary>The engine is of use without the rest of Isthmus.</summary>
public sealed class PackagingTests
{
    private const string Project = "src/Engines/Isthmus.Fhir/Isthmus.Fhir.csproj";

    [Fact]
    public void The_engine_needs_nothing_but_the_runtime_library()
    {
        var foreign = typeof(Definitions.DefinitionSet).Assembly.GetReferencedAssemblies().Where(assembly => !assembly.Name!.StartsWith("System.", StringComparison.Ordinal));

        Assert.Empty(foreign.Select(assembly => assembly.Name));
    }

    [LongFact]
    public void The_engine_packs_with_its_definitions_and_without_dependencies()
    {
        var folder = Scratch.NewFolder("pack").FullName;
        try
        {
            using var pack = Process.Start(new ProcessStartInfo("dotnet", ["pack", Repository.PathOf(Project), "--configuration", "Release", "--output", folder, "--verbosity", "quiet", "--nologo"]))!;
            Assert.True(pack.WaitForExit(TimeSpan.FromMinutes(3)) && pack.ExitCode == 0);
            using var package = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(folder, "*.nupkg")));
            using var manifest = package.GetEntry("Isthmus.Fhir.nuspec")!.Open();

            Assert.True(package.GetEntry("lib/net10.0/Isthmus.Fhir.dll")!.Length > 5_000_000); // the definitions are in it
            Assert.NotNull(package.GetEntry("README.md"));
            Assert.DoesNotContain(XDocument.Load(manifest).Descendants(), element => element.Name.LocalName == "dependency");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
