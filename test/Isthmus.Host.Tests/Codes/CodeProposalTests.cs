using Isthmus.Host.Codes;
using Isthmus.Host.Running;
using Isthmus.Mediation.Codes;
using Isthmus.Testing;

namespace Isthmus.Host.Tests.Codes;

/// <summary>A meaning becomes a row of the site's tables that the site check takes.</summary>
public sealed class CodeProposalTests : IDisposable
{
    private readonly DirectoryInfo site = Scratch.NewFolder("proposal");

    public CodeProposalTests()
    {
        foreach (var file in Directory.EnumerateFiles(Repository.PathOf("site", "demo"), "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(site.FullName, Path.GetRelativePath(Repository.PathOf("site", "demo"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public void Dispose() => site.Delete(recursive: true);

    [Fact]
    public void A_row_is_added_to_the_sites_table_and_its_version_counted_up()
    {
        var (file, row) = new CodeProposal(Waiting("codes", "local-codes", "FERR"), "2276-4", "http://loinc.org", "Ferritin [Mass/volume] in Serum, or Plasma").WriteTo(site);

        Assert.Equal("local-codes.csv", file.Name);
        Assert.Equal("L,FERR,ug/L,2276-4,http://loinc.org,\"Ferritin [Mass/volume] in Serum, or Plasma\"", row);
        Assert.Contains("# version: 2.0.1\n", File.ReadAllText(file.FullName), StringComparison.Ordinal);
        Assert.Empty(Faults());
    }

    [Theory]
    [InlineData("vocabulary", "AdministrativeSex", "X1", "other", "site-vocabulary.csv")]
    [InlineData("units", "units", "blobs/L", "{blob}/L", "units.csv")]
    public void Where_the_site_has_no_such_table_one_is_begun(string kind, string table, string code, string target, string file)
    {
        var (written, _) = new CodeProposal(Waiting(kind, table, code), target, "http://hl7.org/fhir/administrative-gender", "").WriteTo(site);

        Assert.Equal(file, written.Name);
        Assert.Empty(Faults());
    }

    [Fact]
    public void Another_meaning_takes_the_place_of_the_first()
    {
        new CodeProposal(Waiting("codes", "local-codes", "FERR"), "2276-4", "http://loinc.org", "").WriteTo(site);
        var (file, _) = new CodeProposal(Waiting("codes", "local-codes", "FERR"), "20567-4", "http://loinc.org", "").WriteTo(site);

        Assert.DoesNotContain("2276-4", File.ReadAllText(file.FullName), StringComparison.Ordinal);
        Assert.Empty(Faults());
    }

    private IEnumerable<string> Faults() =>
        SiteInspection.Inspect(site.FullName, new Dictionary<string, string>(), TimeProvider.System).Faults.Select(f => f.Shown);

    private static WaitingCode Waiting(string kind, string table, string code) =>
        new(1, "open", "lab", kind, table, "L", code, kind == "codes" ? "ug/L" : "", "", "OBX-3", 1, default, default, null, null, []);
}
