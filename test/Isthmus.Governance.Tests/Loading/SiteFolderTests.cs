using Isthmus.Mapping;
using Isthmus.Testing;

namespace Isthmus.Governance.Tests.Loading;

public sealed class SiteFolderTests : IDisposable
{
    private readonly DirectoryInfo folder = Scratch.NewFolder("site");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Files_are_read_with_their_paths_and_hidden_ones_are_left_out()
    {
        Write("a.yaml", "a");
        Write("maps/b.yaml", "b");
        Write(".git/config", "c");
        Write("maps/.b.yaml.swp", "d");

        var (files, faults) = SiteFolder.Read(folder.FullName);

        Assert.Empty(faults);
        Assert.Equal(["a.yaml", "maps/b.yaml"], files!.Files.Keys.Where(path => !path.StartsWith(MapLibrary.Folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_site_holds_the_library_it_inherits_unless_it_pins_one_of_its_own()
    {
        var inherited = SiteFolder.Read(folder.FullName).Files!.Files;
        Write("library/hl7v2/PID.yaml", "pinned");
        var pinned = SiteFolder.Read(folder.FullName).Files!.Files;

        Assert.All(MapLibrary.Files, file => Assert.True(inherited[file.Path].Span.SequenceEqual(file.Bytes.Span)));
        Assert.Equal(["library/hl7v2/PID.yaml"], pinned.Keys);
    }

    [Fact]
    public void The_version_is_of_paths_and_contents_and_of_nothing_else()
    {
        Write("a", "xy");
        Write("b", "z");
        var version = SiteFolder.Read(folder.FullName).Files!.Version;
        File.SetLastWriteTimeUtc(Path.Combine(folder.FullName, "a"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal(version, SiteFolder.Read(folder.FullName).Files!.Version);

        // The same bytes cut elsewhere are another site.
        Write("a", "x");
        Write("b", "yz");
        Assert.NotEqual(version, SiteFolder.Read(folder.FullName).Files!.Version);
        Assert.Equal(12, version.Length);
    }

    [Theory]
    [InlineData("/etc/hostname", false)]
    [InlineData("/etc", true)]
    public void A_link_is_not_followed(string target, bool isFolder)
    {
        var link = Path.Combine(folder.FullName, "link");
        _ = isFolder ? Directory.CreateSymbolicLink(link, target) : File.CreateSymbolicLink(link, target);

        var (files, faults) = SiteFolder.Read(folder.FullName);

        Assert.Null(files);
        Assert.Equal("site.file-linked", Assert.Single(faults).Rule);
    }

    [Fact]
    public void A_file_beyond_the_limit_is_a_fault_and_is_not_read()
    {
        using (var large = File.Create(Path.Combine(folder.FullName, "large.csv")))
        {
            large.SetLength(SiteFolder.MaxFileBytes + 1);
        }

        Assert.Equal("site.file-too-large", Assert.Single(SiteFolder.Read(folder.FullName).Faults).Rule);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_a_fault() =>
        Assert.Equal("site.folder-missing", Assert.Single(SiteFolder.Read(Path.Combine(folder.FullName, "none")).Faults).Rule);

    [Fact]
    public void The_demo_fits() => Assert.Empty(SiteFolder.Read(Repository.PathOf("site", "demo")).Faults);

    private void Write(string path, string text)
    {
        var full = Path.Combine(folder.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
