using Isthmus.Trust.Access;

namespace Isthmus.Governance.Tests.Checks;

public sealed class AccessFaultTests
{
    private const string Access = "policies/access.yaml";

    [Theory]
    [InlineData("permits: [Patient.rs,", "permits: [Patient.sr,", SiteRules.Value)]
    [InlineData("permits: [Patient.rs,", "permits: [Patiens.rs,", SiteRules.Value)]
    [InlineData("permits: [Patient.rs,", "permits: [system/Patient.rs,", SiteRules.Value)]
    [InlineData("permits: [Task.rus]", "permits: [Task.rus, Consent.s]", SiteRules.ActionAmbiguous)]
    [InlineData("permits: [Consent.rs]", "permits: [\"*.d\"]", SiteRules.ActionWide)]
    [InlineData("needs: [\"*.rs\"]", "permits: [Basic.r]", SiteRules.OperationNeeds)]
    [InlineData("actions: [read-patients, read-results, read-encounters, read-history, read-medications, read-documents, read-consents]", "actions: [read-patient]", SiteRules.ActionUnknown)]
    [InlineData("levels: [patient]", "levels: [patients]", SiteRules.Value)]
    [InlineData("  patient:\n", "  nurse:\n", SiteRules.Value)]
    [InlineData("default: deny", "default: allow", SiteRules.Value)]
    [InlineData("says: Read what a patient agreed to or refused.", "says: consents", SiteRules.PurposeSentence)]
    public void A_fault_of_the_access_policy_is_named_with_its_line(string from, string to, string rule)
    {
        var site = new DemoSite();
        var sound = site[Access];
        site.Change(Access, from, to);

        var load = site.Load();

        Assert.Null(load.Model);
        var fault = Assert.Single(load.Faults, f => f.Rule == rule);
        Assert.Equal(Access, fault.Path);
        var line = sound[..sound.IndexOf(from, StringComparison.Ordinal)].Count(c => c == '\n') + 1;
        // A class is named in `classes`, which is where its fault is shown.
        Assert.InRange(fault.Line, 1, line);
        Assert.True(fault.Line == line || rule is SiteRules.Value or SiteRules.OperationNeeds);
    }

    [Fact]
    public void The_demo_policy_lets_no_reader_write_and_no_machine_act_for_a_patient()
    {
        var policy = AccessPolicy.Compile(new DemoSite().Load().Model!.AccessPolicy!);

        Assert.Null(ScopeSet.TryParse("system/Observation.crus", out var write));
        Assert.Equal(ScopeRules.BeyondClass, policy.RefuseBeyond(Exchange.Contracts.AppClass.Read, write));
        Assert.Null(policy.RefuseBeyond(Exchange.Contracts.AppClass.Write, write));
        Assert.Null(ScopeSet.TryParse("patient/Observation.rs", out var patient));
        Assert.Equal(ScopeRules.BeyondClass, policy.RefuseBeyond(Exchange.Contracts.AppClass.Admin, patient));
    }

    [Fact]
    public void A_site_without_the_file_loads_and_permits_nothing() =>
        Assert.Null(new DemoSite().Remove(Access).Load().Model!.AccessPolicy);
}
