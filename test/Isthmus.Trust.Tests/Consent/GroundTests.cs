using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Trust.Consent.Decision;
using static Isthmus.Trust.Tests.Consent.Say;

namespace Isthmus.Trust.Tests.Consent;

/// <summary>Policy, purpose, jurisdiction, status: the base of every decision (cases P02 to P11, V01, V03).</summary>
public sealed class GroundTests
{
    private const string Research = "{'type':'permit','purpose':[{'code':'HRESCH'}]}";
    private const string NoResearch = "{'type':'deny','purpose':[{'code':'HRESCH'}]}";

    [Fact]
    public void A_permit_for_treatment_says_nothing_about_research() =>
        Denies(Decide(Hipaa, Ask("HRESCH"), Signed("{'type':'permit','purpose':[{'code':'TREAT'}]}")), ConsentReasons.NotCovered);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Without_a_purpose_nothing_moves(string? purpose) =>
        Denies(Decide(Hipaa, Ask(purpose), Signed("{'type':'permit'}")), ConsentReasons.PurposeMissing);

    [Fact]
    public void A_permit_for_research_permits_research_and_not_treatment()
    {
        Permits(Decide(OptIn, Ask("HRESCH"), Signed(Research)));
        Denies(Decide(OptIn, Ask("TREAT"), Signed(Research)), ConsentReasons.NotCovered);
    }

    [Fact]
    public void Without_a_consent_an_opt_in_law_denies_treatment_and_hipaa_permits_it()
    {
        Denies(Decide(OptIn, Ask("TREAT")), ConsentReasons.Absent);
        Permits(Decide(Hipaa, Ask("TREAT")), ConsentReasons.NoneRequired);
        Denies(Decide(Hipaa, Ask("HRESCH")), ConsentReasons.Absent);
    }

    [Fact]
    public void A_purpose_that_the_policy_does_not_name_is_denied() =>
        Denies(Decide(Hipaa, Ask("FRAUD"), Signed("{'type':'permit'}")), ConsentReasons.PurposeUnknown);

    [Fact]
    public void A_forbidden_purpose_is_denied_whatever_the_person_says() =>
        Denies(Decide(Hipaa, Ask("HMARKT"), Signed("{'type':'permit'}")), ConsentReasons.PurposeForbidden);

    [Fact]
    public void Another_law_is_not_decided_by_this_policy() =>
        Denies(Decide(Hipaa, Ask("TREAT") with { Jurisdiction = "DE" }), ConsentReasons.JurisdictionUncovered);

    [Fact]
    public void Without_a_policy_nothing_moves() =>
        Denies(Decide(null, Ask("TREAT"), Signed("{'type':'permit'}")), ConsentReasons.PolicyMissing);

    [Fact]
    public void A_refusal_does_not_stop_treatment_where_the_policy_does_not_honour_it()
    {
        var refusal = Signed("{'type':'deny'}");

        Permits(Decide(Hipaa, Ask("TREAT"), refusal), ConsentReasons.NoneRequired);
        Denies(Decide(Hipaa, Ask("HOPERAT"), refusal), ConsentReasons.Refused);
    }

    [Fact]
    public void Sensitive_data_needs_a_consent_even_for_treatment()
    {
        var treat = Ask("TREAT", Observation with { Labels = ["ETH"] });

        Denies(Decide(Hipaa, treat), ConsentReasons.Absent);
        Permits(Decide(Hipaa, treat, Signed("{'type':'permit','purpose':[{'code':'TREAT'}]}")));
    }

    [Fact]
    public void Data_that_nobody_labelled_may_be_sensitive() =>
        Denies(Decide(Hipaa, Ask("TREAT", Observation with { Labels = null })), ConsentReasons.Absent);

    [Fact]
    public void One_sensitive_part_holds_back_the_whole() =>
        Denies(Decide(Hipaa, Ask("TREAT", Observation, Observation with { Labels = ["ETH"] })), ConsentReasons.Absent);

    [Fact]
    public void A_consent_of_someone_else_is_ignored()
    {
        var other = PersonId.New();

        Denies(Decide(Hipaa, Ask(), Signed(Research, person: other)), ConsentReasons.Absent);
    }

    [Fact]
    public void A_refusal_on_a_linked_record_counts_for_the_person()
    {
        var twin = PersonId.New();
        var request = Ask() with { Persons = new HashSet<PersonId> { Person, twin } };

        Denies(Decide(Hipaa, request, Signed(Research), Signed(NoResearch, id: "c2", person: twin)), ConsentReasons.Conflict);
        Permits(Decide(Hipaa, request, Signed(Research, person: twin)));
    }

    [Theory]
    [InlineData("draft", ConsentReasons.Absent)]
    [InlineData("proposed", ConsentReasons.Absent)]
    [InlineData("rejected", ConsentReasons.Absent)]
    [InlineData("entered-in-error", ConsentReasons.Absent)]
    [InlineData("inactive", ConsentReasons.Revoked)]
    public void Only_an_active_consent_permits(string status, string reason) =>
        Denies(Decide(Hipaa, Ask(), Signed(Research, status)), reason);

    [Fact]
    public void A_permit_after_a_refusal_holds_only_where_the_newest_wins()
    {
        var refusal = Signed(NoResearch, more: ",'dateTime':'2026-01-01'");
        var permit = Signed(Research, more: ",'dateTime':'2026-06-01'", id: "c2");
        var newest = Hipaa with { Precedence = ConsentPrecedence.NewestWins };

        Denies(Decide(Hipaa, Ask(), refusal, permit), ConsentReasons.Conflict);
        Permits(Decide(newest, Ask(), refusal, permit));
    }

    [Fact]
    public void Where_the_newest_wins_a_later_refusal_a_tie_and_an_undated_refusal_deny()
    {
        var newest = Hipaa with { Precedence = ConsentPrecedence.NewestWins };
        var permit = Signed(Research, more: ",'dateTime':'2026-06-01'");

        Denies(Decide(newest, Ask(), permit, Signed(NoResearch, more: ",'dateTime':'2026-06-02'", id: "c2")), ConsentReasons.Refused);
        Denies(Decide(newest, Ask(), permit, Signed(NoResearch, more: ",'dateTime':'2026-06-01'", id: "c2")), ConsentReasons.Conflict);
        Denies(Decide(newest, Ask(), permit, Signed(NoResearch, id: "c2")), ConsentReasons.Refused);
    }

    [Fact]
    public void The_decision_names_policy_and_consent_versions()
    {
        var decision = Decide(Hipaa, Ask(), Signed(Research));

        Assert.Equal("us-hipaa@1.0.0", decision.PolicyVersion);
        Assert.Equal(["Consent/c1@1"], decision.ConsentVersions);
    }
}
