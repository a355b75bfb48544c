using Isthmus.Trust.Consent.Decision;
using static Isthmus.Trust.Tests.Consent.Say;

namespace Isthmus.Trust.Tests.Consent;

/// <summary>Who may have it (cases A01 to A05).</summary>
public sealed class ActorTests
{
    [Fact]
    public void A_permit_for_one_recipient_is_none_for_another()
    {
        Permits(Decide(Hipaa, Ask(), Signed($$"""{'type':'permit','actor':[{{Actor("Organization/x")}}]}""")));
        Denies(Decide(Hipaa, Ask(), Signed($$"""{'type':'permit','actor':[{{Actor("Organization/y")}}]}""")), ConsentReasons.NotCovered);
    }

    [Fact]
    public void Staff_of_a_permitted_organisation_are_covered_only_where_the_policy_says_so()
    {
        var consent = Signed($$"""{'type':'permit','actor':[{{Actor("Organization/x")}}]}""");
        var doctor = Ask() with { Recipient = ["Practitioner/alice"], RecipientWithin = ["Organization/x"] };

        Denies(Decide(Hipaa, doctor, consent), ConsentReasons.NotCovered);
        Permits(Decide(Hipaa with { ActorHierarchy = true }, doctor, consent));
    }

    [Fact]
    public void A_refusal_for_one_person_does_not_touch_a_colleague()
    {
        var consent = Signed($$"""{'type':'permit','provision':[{'type':'deny','actor':[{{Actor("Practitioner/bob")}}]}]}""");

        Denies(Decide(Hipaa, Ask() with { Recipient = ["Practitioner/bob"], RecipientWithin = ["Organization/x"] }, consent), ConsentReasons.Refused);
        Permits(Decide(Hipaa, Ask() with { Recipient = ["Practitioner/alice"], RecipientWithin = ["Organization/x"] }, consent));
    }

    [Fact]
    public void Any_identifier_of_the_recipient_will_do() =>
        Permits(Decide(Hipaa, Ask(), Signed(
            "{'type':'permit','actor':[{'role':{'coding':[{'code':'PRCP'}]},'reference':{'identifier':{'system':'urn:oid:1.2.3','value':'registry-x'}}}]}")));

    [Fact]
    public void A_rule_for_the_custodian_is_none_for_the_recipient()
    {
        Denies(Decide(Hipaa, Ask(), Signed($$"""{'type':'permit','actor':[{{Actor("Organization/x", "CST")}}]}""")), ConsentReasons.NotCovered);
        Permits(Decide(Hipaa, Ask(), Signed($$"""{'type':'permit','provision':[{'type':'deny','actor':[{{Actor("Organization/x", "CST")}}]}]}""")));
    }

    [Fact]
    public void A_permit_to_look_is_none_to_disclose()
    {
        Denies(Decide(Hipaa, Ask(), Signed("{'type':'permit','action':[{'coding':[{'code':'access'}]}]}")), ConsentReasons.NotCovered);
        Permits(Decide(Hipaa, Ask(), Signed("{'type':'permit','action':[{'coding':[{'code':'access'}]},{'coding':[{'code':'disclose'}]}]}")));
    }
}
