using System.Text;
using Isthmus.Exchange.Contracts;

namespace Isthmus.Governance.Tests.Loading;

public sealed class DemoSiteTests
{
    [Fact]
    public void The_demo_site_loads_without_a_fault()
    {
        var load = new DemoSite(whole: true).Load();

        Assert.Equal([], load.Faults.Select(f => f.ToString()));
        Assert.NotNull(load.Model);
    }

    [Fact]
    public void The_laboratory_contract_comes_out_high_risk_with_every_control()
    {
        var contract = Assert.Single(new DemoSite().Load().Model!.Contracts);

        Assert.Equal(RiskTier.High, contract.Risk.Tier);
        Assert.Equal(["idempotency", "quotas", "contract-tests", "approval", "mutual-tls", "strong-audit"], contract.Risk.Controls);
        Assert.Empty(contract.Risk.Waivers);
    }

    [Fact]
    public void The_registry_gets_what_it_needs_and_no_name()
    {
        var contract = Assert.Single(new DemoSite().Load().Model!.Contracts);
        var registry = contract.Destination("registry")!;

        Assert.Equal(PayloadForm.MinimisedPseudonymised, registry.Form);
        Assert.Contains("Observation.value", registry.Elements);
        Assert.Equal(Derivation.Year, registry.Derive["Patient.birthDate"]);
        Assert.DoesNotContain("Patient.name", registry.Elements);
        Assert.DoesNotContain("Patient.identifier", registry.Elements);
        Assert.DoesNotContain(registry.Elements, e => e.StartsWith("Encounter.", StringComparison.Ordinal));
    }

    [Fact]
    public void The_source_says_how_its_messages_are_read()
    {
        var source = Assert.Single(new DemoSite().Load().Model!.Contracts).Source;

        Assert.True(source.Knows("LAB", "ST_ELSEWHERE"));
        Assert.False(source.Knows("LAB", "ELSEWHERE"));
        Assert.Equal([7, 8, 13], source.Repeats.IgnoredMshFields);
        Assert.Equal(TimeSpan.FromDays(7), source.Repeats.Window);
        Assert.Equal("America/New_York", source.Zone.Id);
    }

    [Fact]
    public void Every_populated_field_of_every_sample_is_listed_or_meant_to_be_held()
    {
        var contracts = new DemoSite(whole: true).Load().Model!.Contracts;
        var unlisted = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var file in Directory.GetFiles(Path.Combine(DemoSite.Folder, "samples", "messages"), "*.hl7"))
        {
            var text = Encoding.UTF8.GetString(File.ReadAllBytes(file));
            var contract = contracts.FirstOrDefault(c => text.StartsWith($@"MSH|^~\&|{c.Source.Senders[0].Application}|", StringComparison.Ordinal)) ?? contracts[0];
            foreach (var segment in text.Split('\r', StringSplitOptions.RemoveEmptyEntries))
            {
                var fields = segment.Split('|');
                // MSH-1 is the separator itself, so what follows it is MSH-2.
                var first = fields[0] == "MSH" ? 1 : 0;
                var rules = contract.Fields.For(Encoding.ASCII.GetBytes(fields[0]));
                for (var i = 1; i < fields.Length; i++)
                {
                    if (fields[i].Length > 0 && rules?.Field(i + first) is null)
                    {
                        unlisted.Add($"{fields[0]}-{i + first}");
                    }
                }
            }
        }

        Assert.Equal(["ZLB-1", "ZLB-2"], unlisted);
    }
}
