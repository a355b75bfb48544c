using Isthmus.Exchange.Contracts;

namespace Isthmus.Governance.Tests.Checks;

/// <summary>The tier follows from the terms, and a contract that lacks a control of its tier does not load.</summary>
public sealed class RiskTests
{
    private const string Waiver =
        """
        waivers:
          - { control: CONTROL, reason: "The scanner is being replaced this quarter.", approved-by: M. Okonkwo, expires: 2026-12-31 }

        # What must become
        """;

    [Theory]
    [InlineData("idempotency-key: [OBR-3, OBX-3, OBX-4]\n", "", "idempotency")]
    [InlineData("audit: strong", "audit: standard", "strong-audit")]
    public void A_missing_control_is_named_with_the_reasons_for_the_tier(string from, string to, string control)
    {
        var fault = new DemoSite().Change(DemoSite.Contract, from, to).OnlyFault("contract.control-missing");

        Assert.Contains($"requires control `{control}`", fault.Text, StringComparison.Ordinal);
        Assert.Contains("carries PHI", fault.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_contract_without_negative_examples_lacks_contract_tests()
    {
        var site = new DemoSite();
        site[DemoSite.Contract] = string.Join('\n', site[DemoSite.Contract].Split('\n')
            .Where(l => !l.Contains("expect:", StringComparison.Ordinal) || l.Contains("expect: delivered", StringComparison.Ordinal)));

        Assert.Contains("`contract-tests`", site.OnlyFault("contract.control-missing").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Off_loopback_a_high_risk_contract_needs_mutual_tls()
    {
        var site = new DemoSite()
            .Change(DemoSite.Settings, "bind: 127.0.0.1", "bind: 10.0.0.5")
            .Change(DemoSite.Settings, "    limits:\n", "    tls: { certificate: lab.pem, key: lab.key }\n    limits:\n");
        Assert.Contains("`mutual-tls`", site.OnlyFault("contract.control-missing").Text, StringComparison.Ordinal);

        site.Change(DemoSite.Settings, "key: lab.key }\n", "key: lab.key, client-authorities: senders.pem }\n")
            .Change(DemoSite.Contract, "authentication: network", "authentication: mutual-tls");
        Assert.Empty(site.Load().Faults);
    }

    [Fact]
    public void A_waiver_stands_for_a_control_until_the_day_it_expires()
    {
        var site = new DemoSite()
            .Change(DemoSite.Contract, "audit: strong", "audit: standard")
            .Change(DemoSite.Contract, "# What must become", Waiver.Replace("CONTROL", "strong-audit", StringComparison.Ordinal));
        var risk = Assert.Single(site.Load().Model!.Contracts).Risk;
        Assert.Equal("strong-audit", Assert.Single(risk.Waivers).Control);

        site.AsOf = new DateOnly(2026, 12, 31);
        Assert.Equal(
            ["contract.control-missing", "contract.waiver-expired"],
            site.Load().Faults.Select(f => f.Rule).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_waiver_for_no_control_is_a_fault() => new DemoSite()
        .Change(DemoSite.Contract, "# What must become", Waiver.Replace("CONTROL", "strong-audits", StringComparison.Ordinal))
        .OnlyFault("contract.waiver-unknown");

    [Fact]
    public void Whoever_proposes_does_not_approve() =>
        new DemoSite().Change(DemoSite.Contract, "proposed-by: R. Achterberg", "proposed-by: m. okonkwo").OnlyFault("contract.approver-is-proposer");

    [Theory]
    [InlineData("    clinical: S. Bianchi\n", "clinical")]
    [InlineData("    privacy: T. Farouk\n", "privacy")]
    public void The_tier_says_who_signs(string line, string role) =>
        Assert.Contains($"`{role}`", new DemoSite().Change(DemoSite.Contract, line, "").OnlyFault("contract.sign-off-missing").Text, StringComparison.Ordinal);

    [Fact]
    public void A_contract_without_approval_does_not_load()
    {
        var site = new DemoSite();
        var text = site[DemoSite.Contract];
        var from = text.IndexOf("approval:\n", StringComparison.Ordinal);
        site[DemoSite.Contract] = text.Remove(from, text.IndexOf("# What must become", StringComparison.Ordinal) - from);

        Assert.Contains("`approval`", site.OnlyFault("contract.control-missing").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_aspect_is_scored_with_its_reason()
    {
        var scores = Assert.Single(new DemoSite().Load().Model!.Contracts).Risk.Scores;

        Assert.Equal(
            ["data-sensitivity", "write-capability", "external-exposure", "regulatory-impact", "operational-criticality"],
            scores.Select(s => s.Aspect));
        Assert.All(scores, s => Assert.Equal(3, s.Score));
        Assert.Equal(RiskTier.High, Assert.Single(new DemoSite().Load().Model!.Contracts).Risk.Tier);
    }
}
