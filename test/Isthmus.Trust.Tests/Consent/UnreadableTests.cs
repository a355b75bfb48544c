using Isthmus.Trust.Consent.Decision;
using static Isthmus.Trust.Tests.Consent.Say;

namespace Isthmus.Trust.Tests.Consent;

/// <summary>What is not understood denies where a consent is needed, and never throws (case O03).</summary>
public sealed class UnreadableTests
{
    public static TheoryData<string> Resources => new(
        "{'resourceType':'Consent'}",
        "{'resourceType':'Consent','status':'active'}",
        "{'resourceType':'Consent','status':'enabled','provision':{'type':'permit'}}",
        "{'resourceType':'Consent','status':'active','provision':{'type':'allow'}}",
        "{'resourceType':'Consent','status':'active','provision':{'purpose':[{'code':'HRESCH'}]}}",
        "{'resourceType':'Consent','status':'active','provision':{'type':'permit','purpose':[{'display':'research'}]}}",
        "{'resourceType':'Consent','status':'active','provision':{'type':'permit','period':{'end':'next year'}}}",
        "{'resourceType':'Consent','status':'active','provision':{'type':'permit','period':{}}}",
        "{'resourceType':'Consent','status':'active','provision':{'type':'permit','period':{'end':'2030-01-01T00:00:00'}}}",
        "{'resourceType':'Consent','status':'active','provision':{'type':'permit','actor':[{'reference':{'reference':'Organization/x'}}]}}",
        "{'resourceType':'Consent','status':'active','provision':{'type':'permit','actor':[{'role':{'coding':[{'code':'IRCP'}]}}]}}",
        "{'resourceType':'Consent','status':'active','provision':{'type':'permit','data':[{'meaning':'related','reference':{'reference':'Observation/1'}}]}}",
        "{'resourceType':'Consent','status':'active','provision':{'type':'permit','modifierExtension':[{'url':'http://x'}]}}",
        "{'resourceType':'Consent','status':'active','modifierExtension':[{'url':'http://x'}],'provision':{'type':'permit'}}",
        "{'resourceType':'Consent','status':'active','provision':{'type':'permit','onlyOnSundays':true}}",
        "{'resourceType':'Consent','status':'active','provision':{'type':'permit','provision':[{'purpose':[{'code':'HRESCH'}]}]}}",
        "{'resourceType':'Consent','status':'active','dateTime':'yesterday','provision':{'type':'permit'}}",
        "{'resourceType':'Consent','status':'active','provision':'permit'}",
        "{'resourceType':'Consent','status':7,'provision':[[]]}");

    [Theory]
    [MemberData(nameof(Resources))]
    public void It_denies_and_says_so(string json)
    {
        var decision = Decide(Hipaa, Ask(), Resource(json));

        Denies(decision, ConsentReasons.Unreadable);
    }

    [Theory]
    [MemberData(nameof(Resources))]
    public void It_is_not_outvoted_by_a_permit(string json) =>
        Denies(Decide(Hipaa, Ask(), Resource(json), Signed("{'type':'permit'}", id: "c2")), ConsentReasons.Unreadable);

    [Theory]
    [MemberData(nameof(Resources))]
    public void It_does_not_stand_in_the_way_of_care(string json) =>
        Permits(Decide(Hipaa, Ask("TREAT"), Resource(json)), ConsentReasons.NoneRequired);

    [Fact]
    public void The_base_rule_may_come_from_the_policy_rule()
    {
        const string head = "{'resourceType':'Consent','status':'active','policyRule':{'coding':[{'code':'";

        Permits(Decide(Hipaa, Ask(), Resource(head + "OPTIN'}]}}")));
        Denies(Decide(Hipaa, Ask(), Resource(head + "OPTOUT'}]}}")), ConsentReasons.Refused);
        Denies(Decide(Hipaa, Ask(), Resource(head + "OPTIN'}]},'provision':{'provision':[{'type':'deny','purpose':[{'code':'HRESCH'}]}]}}")), ConsentReasons.Refused);
    }

    [Fact]
    public void An_opt_out_with_one_permit_permits_only_that()
    {
        var consent = Resource(
            "{'resourceType':'Consent','status':'active','policyRule':{'coding':[{'code':'OPTOUT'}]},'provision':{'type':'permit','purpose':[{'code':'HRESCH'}]}}");

        Permits(Decide(OptIn, Ask("HRESCH"), consent));
        Denies(Decide(OptIn, Ask("TREAT"), consent), ConsentReasons.Refused);
    }

    [Fact]
    public void An_opt_in_with_a_narrow_permit_is_no_wide_one()
    {
        var consent = Resource(
            "{'resourceType':'Consent','status':'active','policyRule':{'coding':[{'code':'OPTIN'}]},'provision':{'type':'permit','purpose':[{'code':'TREAT'}]}}");

        Denies(Decide(Hipaa, Ask("HRESCH"), consent), ConsentReasons.NotCovered);
    }
}
