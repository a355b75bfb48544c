using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Isthmus.Fhir.Definitions;

namespace Isthmus.Fhir.Tests;

public sealed class PackageTests
{
    private const string Url = "http://example.org/ValueSet/a";

    [Fact]
    public void An_archive_gives_its_resources_and_says_what_it_builds_on()
    {
        var package = DefinitionPackage.Read(Archive(
            ("package/package.json", """{"name":"example.guide","version":"1.2.0","dependencies":{"hl7.fhir.r4.core":"4.0.1","example.other":"2.0.x"}}"""),
            ("package/ValueSet-a.json", ValueSet("1.2.0")),
            ("package/.index.json", "{}"),
            ("package/example/ValueSet-a.json", ValueSet("0.0.1")),
            ("package/other.txt", "no JSON")));

        Assert.Equal("example.guide#1.2.0", package.ToString());
        Assert.Equal("2.0.x", package.Dependencies["example.other"]);
        Assert.Empty(package.Faults);
        Assert.Equal("1.2.0", DefinitionSet.R4.With(package).Find(Url)["version"].AsString());
    }

    [Fact]
    public void A_folder_needs_neither_a_package_folder_nor_a_manifest()
    {
        var package = DefinitionPackage.Read([("ValueSet-a.json", Encoding.UTF8.GetBytes(ValueSet("3.0.0")).AsMemory())]);

        Assert.Equal("3.0.0", DefinitionSet.R4.With(package).Find(Url)["version"].AsString());
    }

    [Fact]
    public void A_file_that_is_no_JSON_is_left_out_and_named()
    {
        var package = DefinitionPackage.Read(Archive(("package/broken.json", "{\"resourceType\":"), ("package/ValueSet-a.json", ValueSet("1.0.0"))));

        var fault = Assert.Single(package.Faults);
        Assert.Equal(("fhir.package.not-json", "broken.json"), (fault.Rule, fault.File));
        Assert.True(DefinitionSet.R4.With(package).Find(Url).Exists);
    }

    [Fact]
    public void What_unpacks_to_more_than_the_limit_is_cut_off()
    {
        var bomb = Archive(("package/ValueSet-a.json", ValueSet("1.0.0")), ("package/bomb.json", new string(' ', 5_000_000)));
        var package = DefinitionPackage.Read(bomb, new PackageLimits { MaxTotalBytes = 100_000 });

        Assert.Contains(package.Faults, fault => fault.Rule == "fhir.package.too-large");
        Assert.False(package.IsWhole);
        Assert.True(DefinitionSet.R4.With(package).Find(Url).Exists);
    }

    [Fact]
    public void A_file_beyond_the_limit_is_passed_over()
    {
        var package = DefinitionPackage.Read(
            Archive(("package/large.json", new string(' ', 5000)), ("package/ValueSet-a.json", ValueSet("1.0.0"))), new PackageLimits { MaxFileBytes = 1000 });

        Assert.Equal("fhir.package.file-too-large", Assert.Single(package.Faults).Rule);
        Assert.Equal((true, 1), (package.IsWhole, package.Count));
        Assert.True(DefinitionSet.R4.With(package).Find(Url).Exists);
    }

    [Fact]
    public void More_files_than_the_limit_are_not_read()
    {
        var package = DefinitionPackage.Read(Archive([.. Enumerable.Range(0, 20).Select(i => ($"package/{i}.json", "{}"))]), new PackageLimits { MaxFiles = 10 });

        Assert.Equal("fhir.package.too-large", Assert.Single(package.Faults).Rule);
    }

    [Fact]
    public void A_damaged_archive_is_a_fault_wherever_it_breaks()
    {
        var whole = Archive(("package/ValueSet-a.json", ValueSet("1.0.0"))).ToArray();
        for (var length = 0; length < whole.Length - 1; length += 7)
        {
            var package = DefinitionPackage.Read(new MemoryStream(whole[..length]));
            Assert.True(package.Faults.Count <= 1);
        }

        Assert.Equal("fhir.package.damaged", Assert.Single(DefinitionPackage.Read(new MemoryStream("no archive at all"u8.ToArray())).Faults).Rule);
    }

    [Fact]
    public void A_path_that_climbs_out_of_the_package_names_nothing()
    {
        var package = DefinitionPackage.Read(Archive(("package/../../ValueSet-a.json", ValueSet("1.0.0")), ("/ValueSet-a.json", ValueSet("1.0.0"))));

        Assert.False(DefinitionSet.R4.With(package).Find(Url).Exists);
    }

    [Fact]
    public void A_version_is_pinned_and_without_one_the_newest_counts()
    {
        var package = DefinitionPackage.Read([.. new[] { "1.9.0", "1.10.0", "1.10.0-ballot" }.Select(version => ($"{version}.json", (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(ValueSet(version))))]);
        var set = DefinitionSet.R4.With(package);

        Assert.Equal("1.10.0", set.Find(Url)["version"].AsString());
        Assert.Equal("1.9.0", set.Find(Url + "|1.9.0")["version"].AsString());
        Assert.Equal("1.9.0", set.Find(Url + "|1.9")["version"].AsString());
        Assert.False(set.Find(Url + "|1").Exists && set.Find(Url + "|2").Exists);
    }

    [Fact]
    public void Packages_are_laid_over_what_they_build_on_in_whatever_order_they_come()
    {
        var below = Package("below", "1.0.0", "");
        var above = Package("above", "2.0.0", "\"below\":\"1.0.x\",\"absent\":\"3.0.0\"");

        var order = PackageOrder.Of([above, below]);

        Assert.Equal(["below", "above"], order.Packages.Select(package => package.Name));
        Assert.Equal(["absent#3.0.0"], order.Missing);
        Assert.Equal("2.0.0", DefinitionSet.R4.With([above, below]).Find(Url)["version"].AsString());
    }

    private static DefinitionPackage Package(string name, string version, string dependencies) => DefinitionPackage.Read(Archive(
        ("package/package.json", $$"""{"name":"{{name}}","version":"{{version}}","dependencies":{ {{dependencies}} } }"""), ("package/ValueSet-a.json", ValueSet(version))));

    private static string ValueSet(string version) => $$"""{"resourceType":"ValueSet","url":"{{Url}}","version":"{{version}}"}""";

    private static MemoryStream Archive(params (string Path, string Content)[] files)
    {
        var archive = new MemoryStream();
        using (var tar = new TarWriter(new GZipStream(archive, CompressionLevel.Fastest, leaveOpen: true), leaveOpen: false))
        {
            foreach (var (path, content) in files)
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) });
            }
        }

        archive.Position = 0;
        return archive;
    }
}
