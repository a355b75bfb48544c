namespace Isthmus.Governance.Tests.Checks;

/// <summary>What a contract may not say.</summary>
public sealed class ContractFaultTests
{
    private const string Pid11 = "source: PID-11, rule: optional, class: phi, authority: hospital registration, readers: [ehr], retention: 7y";

    [Theory]
    [InlineData("listener: lab\n", "listener: labs\n", "contract.listener-unknown")]
    [InlineData("consent-policy: us-hipaa", "consent-policy: us-hippa", "contract.policy-unknown")]
    [InlineData("jurisdictions: [US]", "jurisdictions: [US, DE]", "contract.jurisdiction-uncovered")]
    [InlineData("consent-purpose: HRESCH", "consent-purpose: HRESEARCH", "contract.consent-purpose-unknown")]
    [InlineData("consent-purpose: HRESCH", "consent-purpose: HMARKT", "contract.consent-purpose-forbidden")]
    [InlineData("basis: consent", "basis: public-health", "contract.basis-mismatch")]
    [InlineData("name: ORU_R01, version: 1.0.0", "name: ORU_R02, version: 1.0.0", "contract.map-unknown")]
    [InlineData("name: ORU_R01, version: 1.0.0", "name: ORU_R01, version: 9.0.0", "contract.map-version")]
    [InlineData("file: samples/messages/normal.hl7", "file: samples/messages/normal.txt", "contract.test-missing")]
    [InlineData("idempotency-key: [OBR-3, ", "idempotency-key: [OBR-50, ", "contract.field-not-listed")]
    [InlineData("Patient.birthDate: year", "Patient.deceased: year", "contract.phi-to-minimised", "contract.derive-unused")]
    [InlineData("      - system/Specimen.cu\n", "", "contract.scope-missing")]
    [InlineData("      - system/Specimen.cu\n", "      - system/Specimen.cu\n      - system/Coverage.r\n", "contract.scope-unused")]
    [InlineData("below: 2.8, above: 6.2", "below: 6.2, above: 2.8", "contract.limit-empty")]
    [InlineData(", below: 2.8, above: 6.2", "", "contract.limit-empty")]
    public void Names_its_rule(string from, string to, params string[] rules)
    {
        var load = new DemoSite().Change(DemoSite.Contract, from, to).Load();

        Assert.Equal(rules.Order(), load.Faults.Select(f => f.Rule).Order());
        Assert.All(load.Faults, f => Assert.True(f.Line > 1 && f.Path == DemoSite.Contract));
    }

    [Theory]
    [InlineData("readers: [ehr]", "readers: [her]", "contract.reader-unknown")]
    [InlineData("readers: [ehr]", "readers: [ehr, registry]", "contract.phi-to-minimised")]
    [InlineData("source: PID-11", "source: PID-13", "contract.field-duplicate")]
    [InlineData("source: PID-11, ", "", "contract.field-source")]
    [InlineData("rule: optional", "rule: derived", "contract.field-source")]
    [InlineData("rule: optional", "rule: prohibited", "contract.field-prohibited-used")]
    [InlineData("retention: 7y", "retention: 8y", "contract.field-retention")]
    public void A_field_names_its_rule(string from, string to, string rule)
    {
        Assert.Contains(from, Pid11, StringComparison.Ordinal);
        new DemoSite().Change(DemoSite.Contract, Pid11, Pid11.Replace(from, to, StringComparison.Ordinal)).OnlyFault(rule);
    }

    [Theory]
    [InlineData("field: PID-40", "contract.gap-not-listed")]
    [InlineData("field: OBX-1", "contract.gap-not-listed")]
    [InlineData("field: PID-7, messages: [ADT^A01]", "contract.gap-message-unknown")]
    public void A_gap_is_asked_for_only_where_the_field_may_cross_and_be_marked(string gap, string rule) => new DemoSite()
        .Change(DemoSite.Contract, "destinations:\n", $"completeness:\n  critical:\n    - {{ {gap}, why: it is needed }}\n\ndestinations:\n")
        .OnlyFault(rule);

    [Fact]
    public void A_field_without_a_purpose_does_not_pass() =>
        Assert.Contains("gives the reason without which a field does not pass", new DemoSite()
            .Change(DemoSite.Contract, "      purpose: \"Names the application the sender had in mind.\" }", "      }")
            .OnlyFault("site.key-missing").Text, StringComparison.Ordinal);

    [Theory]
    [InlineData("Because")]
    [InlineData("needed for care")]
    public void A_purpose_is_a_sentence(string purpose) => new DemoSite()
        .Change(DemoSite.Contract, "Names the application the sender had in mind.", purpose)
        .OnlyFault("contract.purpose-sentence");

    [Fact]
    public void Readers_of_nothing_are_a_field_that_nothing_uses() => new DemoSite()
        .Change(DemoSite.Contract, "source: PID-1, rule: optional, class: non-phi, authority: lab,", "source: PID-1, rule: optional, class: non-phi, authority: lab, readers: [ehr],")
        .OnlyFault("contract.field-unused");

    [Fact]
    public void A_feed_of_results_says_which_of_them_are_critical()
    {
        var site = new DemoSite();
        var text = site[DemoSite.Contract];
        var from = text.IndexOf("\ncritical:\n", StringComparison.Ordinal);
        site[DemoSite.Contract] = text[..from] + text[text.IndexOf("\n\n", from, StringComparison.Ordinal)..];

        site.OnlyFault("contract.critical-missing");
    }

    [Fact]
    public void Two_contracts_may_not_take_the_same_messages_of_one_sender()
    {
        var site = new DemoSite();
        site["integrations/second.yaml"] = site[DemoSite.Contract].Replace("contract: lab-results", "contract: second", StringComparison.Ordinal);

        Assert.Equal("integrations/second.yaml", site.OnlyFault("contract.sender-ambiguous").Path);
    }

    [Fact]
    public void Two_contracts_may_not_have_one_name()
    {
        var site = new DemoSite();
        site["integrations/second.yaml"] = site[DemoSite.Contract]
            .Replace("application: LAB", "application: LAB2", StringComparison.Ordinal);

        Assert.Equal("integrations/second.yaml", site.OnlyFault("contract.name-taken").Path);
    }
}
