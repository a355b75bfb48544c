using Isthmus.Exchange.Contracts;
using Isthmus.Trust.Access;

namespace Isthmus.Trust.Tests.Access;

public sealed class AccessPolicyTests
{
    private static readonly AccessPolicy Policy = AccessPolicy.Compile(new AccessTerms(
        "house", "1.0.0",
        [
            new ActionTerms("read-results", "Read results.", ["Observation.rs", "DiagnosticReport.rs"], [], []),
            new ActionTerms("write-results", "File results.", ["Observation.cu"], [], []),
            new ActionTerms("read-patients", "Look up patients.", ["Patient.rs"], [], []),
            new ActionTerms("send-hl7v2", "Hand in messages.", ["hl7v2:send"], [], []),
            new ActionTerms("export-records", "Export everything.", [], ["$export"], ["*.rs"]),
        ],
        [
            new AppClassTerms(AppClass.Read, ["system"], ["read-results", "read-patients"]),
            new AppClassTerms(AppClass.Admin, ["system"], ["read-results", "read-patients", "write-results", "send-hl7v2", "export-records"]),
            new AppClassTerms(AppClass.Patient, ["patient"], ["read-results"]),
        ]));

    private static readonly AccessNeed ReadObservation = AccessNeed.To(("Observation", Interactions.Read));

    [Fact]
    public void A_request_is_permitted_when_policy_class_and_scopes_agree()
    {
        var decision = Decide(AppClass.Read, "system/Observation.rs", ReadObservation);

        Assert.Null(decision.Refusal);
        Assert.Equal("read-results", Assert.Single(decision.Actions).Name);
        Assert.Empty(decision.Restrictions);
    }

    [Theory]
    [InlineData(AppClass.Read, "system/Patient.rs", "scope.insufficient")]
    [InlineData(AppClass.Read, "user/Observation.rs", "scope.insufficient")]
    [InlineData(AppClass.Read, "hl7v2:send", "scope.insufficient")]
    [InlineData(AppClass.Write, "system/Observation.rs", "scope.beyond-class")]
    [InlineData(AppClass.Patient, "system/Observation.rs", "scope.beyond-class")]
    public void A_read_is_denied_when_any_of_them_does_not(AppClass appClass, string scopes, string rule) =>
        Assert.Equal(rule, Decide(appClass, scopes, ReadObservation).Refusal?.Id);

    [Fact]
    public void What_the_policy_does_not_name_is_denied_to_the_widest_scope()
    {
        Assert.Equal(ScopeRules.NoAction, Decide(AppClass.Admin, "system/*.cruds", AccessNeed.To(("Observation", Interactions.Delete))).Refusal);
        Assert.Equal(ScopeRules.NoAction, Decide(AppClass.Admin, "system/*.cruds", AccessNeed.Invoke("$purge")).Refusal);
        Assert.Equal(ScopeRules.NoAction, Decide(AppClass.Admin, "hl7v2:send", AccessNeed.Hold("hl7v2:read")).Refusal);
    }

    [Fact]
    public void A_class_bounds_what_a_wide_scope_can_do() =>
        Assert.Equal(ScopeRules.BeyondClass, Decide(AppClass.Read, "system/*.cruds", AccessNeed.To(("Observation", Interactions.Create))).Refusal);

    [Fact]
    public void A_search_that_reaches_another_type_needs_that_type_as_well()
    {
        var need = AccessNeed.To(("Observation", Interactions.Search), ("Patient", Interactions.Search));

        Assert.Equal(ScopeRules.Insufficient, Decide(AppClass.Read, "system/Observation.rs", need).Refusal);
        Assert.Equal(["read-results", "read-patients"], Decide(AppClass.Read, "system/Observation.rs system/Patient.rs", need).Actions.Select(a => a.Name));
    }

    [Fact]
    public void A_granular_scope_comes_out_as_the_search_that_must_match()
    {
        var decision = Decide(AppClass.Read, "system/Observation.rs?category=laboratory system/Observation.rs?status=final", ReadObservation);

        Assert.Null(decision.Refusal);
        Assert.Equal(["?category=laboratory", "?status=final"], decision.Restrictions["Observation"].Select(r => r.ToString()));
    }

    [Theory]
    [InlineData("system/*.rs", true)]
    [InlineData("system/*.cruds", true)]
    [InlineData("system/Observation.rs system/Patient.rs", false)]
    [InlineData("system/*.rs?_tag=x", false)]
    public void An_export_needs_everything_unrestricted(string scopes, bool permitted) =>
        Assert.Equal(permitted ? null : ScopeRules.Insufficient, Decide(AppClass.Admin, scopes, AccessNeed.Invoke("$export")).Refusal);

    [Theory]
    [InlineData(AppClass.Read, "system/Observation.rs", true)]
    [InlineData(AppClass.Read, "system/*.rs", true)]
    [InlineData(AppClass.Read, "system/Observation.crus", false)]
    [InlineData(AppClass.Read, "system/*.cruds", false)]
    [InlineData(AppClass.Read, "system/Medication.rs", false)]
    [InlineData(AppClass.Read, "patient/Observation.rs", false)]
    [InlineData(AppClass.Read, "hl7v2:send", false)]
    [InlineData(AppClass.Read, "openid", false)]
    [InlineData(AppClass.Admin, "hl7v2:send", true)]
    [InlineData(AppClass.Patient, "patient/Observation.rs launch/patient", true)]
    [InlineData(AppClass.Patient, "patient/*.rs", false)]
    [InlineData(AppClass.Write, "system/Observation.rs", false)]
    public void Scopes_beyond_the_class_are_refused_whole(AppClass appClass, string scopes, bool good) =>
        Assert.Equal(good ? null : ScopeRules.BeyondClass, Policy.RefuseBeyond(appClass, ScopeTests.Set(scopes)));

    [Fact]
    public void The_actions_that_a_scope_reaches_can_be_told() =>
        Assert.Equal(["read-patients", "read-results", "write-results"], Policy.ActionsOf(ScopeTests.Read("system/*.cruds")).Select(a => a.Name).Order(StringComparer.Ordinal));

    private static AccessDecision Decide(AppClass appClass, string scopes, AccessNeed need) =>
        Policy.Decide(appClass, ScopeLevel.System, ScopeTests.Set(scopes), need);
}
