using System.Text;
using System.Text.RegularExpressions;
using Isthmus.Exchange.Contracts;
using Isthmus.Host.Commands;
using Isthmus.Host.Running;
using Isthmus.Testing;

namespace Isthmus.Host.Tests.Integrations;

/// <summary>The steps of docs/operate/add-a-feed.md up to a site that can be applied.</summary>
public sealed partial class DraftTests : IDisposable
{
    private const string Sample =
        "MSH|^~\\&|NEWHIS|ST_ELSEWHERE|ISTHMUS|ST_ELSEWHERE|20261116091000||ADT^A01^ADT_A01|N1|P|2.5.1\r"
        + "EVN|A01|20261116091000\r"
        + "PID|1||MRN30001^^^ST_ELSEWHERE^MR||Okonjo^Ada||19770102|F|||1 Pier Rd^^Salem^MA^01970^USA\r"
        + "PV1|1|I|4W^412^1^ST_ELSEWHERE||||||||||||||||V30001^^^ST_ELSEWHERE^VN\r"
        + "ZBD|1|green\r";

    private readonly DirectoryInfo site = Scratch.NewFolder("draft");

    public DraftTests()
    {
        var demo = Repository.PathOf("site", "demo");
        foreach (var file in Directory.EnumerateFiles(demo, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(site.FullName, Path.GetRelativePath(demo, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        File.WriteAllText(SampleFile, Sample);
    }

    private string SampleFile => Path.Combine(site.Parent!.FullName, $"{site.Name}.hl7");

    private string Contract => Path.Combine(site.FullName, "integrations", "my-adt.yaml");

    public void Dispose()
    {
        site.Delete(recursive: true);
        File.Delete(SampleFile);
    }

    [Fact]
    public void A_draft_lists_every_field_and_lets_none_cross_and_its_placeholders_are_named_as_faults()
    {
        Assert.Equal(0, Draft());

        var faults = Inspect().Faults;
        Assert.NotEmpty(faults);
        Assert.All(faults, f => Assert.Equal("site.placeholder", f.Rule));
        Assert.Equal(1, Draft());
    }

    [Fact]
    public void With_every_placeholder_said_the_site_loads_and_nothing_but_the_envelope_is_let_through()
    {
        Draft();
        var number = 0;
        File.WriteAllText(Contract, Placeholder().Replace(File.ReadAllText(Contract), _ => $"Number {++number} says what is asked."));

        var inspection = Inspect();
        Assert.Equal([], inspection.Faults.Select(f => f.Shown));
        var contract = inspection.Model!.Contracts.Single(c => c.Name == "my-adt");
        Assert.Equal("ADT_A01", contract.Map.Name);
        Assert.All(contract.Fields.Terms.Where(t => t.Source is { Segment: not "MSH" }), t => Assert.Equal(FieldRule.Unconfirmed, t.Rule));
        Assert.All((string[])["PID", "PV1", "ZBD"], name => Assert.NotNull(contract.Fields.For(Encoding.ASCII.GetBytes(name))));
        Assert.Contains("Patient.birthDate", contract.Fields.Terms.Single(t => t.Source == new FieldLocation("PID", 7)).Elements);
        Assert.Equal(DataClass.Phi, contract.Fields.Terms.Single(t => t.Source == new FieldLocation("PID", 7)).Class);
    }

    [Theory]
    [InlineData("explain")]
    [InlineData("coverage")]
    public void What_becomes_of_the_sample_is_shown_before_anything_is_applied(string command)
    {
        Draft();

        Assert.Equal(0, MapCommand.Create().Parse([command, SampleFile, "--site", site.FullName]).Invoke());
    }

    private int Draft() => IntegrationCommand.Create()
        .Parse(["draft", SampleFile, "--name", "my-adt", "--site", site.FullName]).Invoke();

    private SiteInspection Inspect() => SiteInspection.Inspect(site.FullName, new Dictionary<string, string>(), TimeProvider.System);

    [GeneratedRegex("(?<!# [^\n]*)<[^<>\n]+>", RegexOptions.None, 1000)]
    private static partial Regex Placeholder();
}
