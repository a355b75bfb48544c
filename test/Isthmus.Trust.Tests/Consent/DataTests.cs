using Isthmus.Trust.Consent.Decision;
using static Isthmus.Trust.Tests.Consent.Say;

namespace Isthmus.Trust.Tests.Consent;

/// <summary>Which data (cases D01 to D09).</summary>
public sealed class DataTests
{
    private static readonly DataFacts Medication = new("MedicationStatement", ["N"]);

    [Fact]
    public void A_refusal_by_label_holds_back_what_has_it_and_what_nobody_labelled()
    {
        var consent = Signed("{'type':'permit','provision':[{'type':'deny','securityLabel':[{'code':'R'}]}]}");

        Denies(Decide(Hipaa, Ask("HRESCH", Observation with { Labels = ["R"] }), consent), ConsentReasons.Refused);
        Permits(Decide(Hipaa, Ask("HRESCH", Observation with { Labels = ["N"] }), consent));
        Denies(Decide(Hipaa, Ask("HRESCH", Observation with { Labels = null }), consent), ConsentReasons.Refused);
    }

    [Fact]
    public void Criteria_of_one_rule_must_hold_together()
    {
        var consent = Signed("{'type':'permit','provision':[{'type':'deny','class':[{'code':'MedicationStatement'}],'securityLabel':[{'code':'R'}]}]}");

        Denies(Decide(Hipaa, Ask("HRESCH", Medication with { Labels = ["R"] }), consent), ConsentReasons.Refused);
        Permits(Decide(Hipaa, Ask("HRESCH", Medication), consent));
        Permits(Decide(Hipaa, Ask("HRESCH", Observation with { Labels = ["R"] }), consent));
    }

    [Fact]
    public void Two_rules_hold_each_by_itself()
    {
        var consent = Signed(
            "{'type':'permit','provision':[{'type':'deny','class':[{'code':'MedicationStatement'}]},{'type':'deny','securityLabel':[{'code':'R'}]}]}");

        Denies(Decide(Hipaa, Ask("HRESCH", Medication), consent), ConsentReasons.Refused);
        Denies(Decide(Hipaa, Ask("HRESCH", Observation with { Labels = ["R"] }), consent), ConsentReasons.Refused);
        Permits(Decide(Hipaa, Ask("HRESCH", Observation with { Labels = ["N"] }), consent));
    }

    [Fact]
    public void A_refusal_by_code_holds_back_that_code_and_what_has_no_known_code()
    {
        var consent = Signed("{'type':'permit','provision':[{'type':'deny','code':[{'coding':[{'system':'http://loinc.org','code':'2823-3'}]}]}]}");

        Denies(Decide(Hipaa, Ask("HRESCH", Observation), consent), ConsentReasons.Refused);
        Permits(Decide(Hipaa, Ask("HRESCH", Observation with { Codes = ["http://loinc.org|2951-2"] }), consent));
        Denies(Decide(Hipaa, Ask("HRESCH", Observation with { Codes = null }), consent), ConsentReasons.Refused);
    }

    [Fact]
    public void A_code_in_words_only_cannot_be_compared_and_denies() =>
        Denies(
            Decide(Hipaa, Ask(), Signed("{'type':'permit','provision':[{'type':'deny','code':[{'text':'potassium'}]}]}")),
            ConsentReasons.Unreadable);

    [Fact]
    public void A_permit_for_listed_instances_covers_no_others()
    {
        var consent = Signed("{'type':'permit','data':[{'meaning':'instance','reference':{'reference':'Observation/1'}}]}");

        Permits(Decide(Hipaa, Ask("HRESCH", Observation with { Reference = "Observation/1" }), consent));
        Denies(Decide(Hipaa, Ask("HRESCH", Observation with { Reference = "Observation/2" }), consent), ConsentReasons.NotCovered);
        Denies(Decide(Hipaa, Ask("HRESCH", Observation), consent), ConsentReasons.NotCovered);
    }

    [Fact]
    public void A_refusal_by_author_holds_back_what_they_wrote()
    {
        var consent = Signed("{'type':'permit','provision':[{'type':'deny','data':[{'meaning':'authoredby','reference':{'reference':'Practitioner/bob'}}]}]}");

        Denies(Decide(Hipaa, Ask("HRESCH", Observation with { Authors = ["Practitioner/bob"] }), consent), ConsentReasons.Refused);
        Permits(Decide(Hipaa, Ask("HRESCH", Observation with { Authors = ["Practitioner/alice"] }), consent));
    }

    [Fact]
    public void Every_part_of_a_payload_must_be_permitted()
    {
        var consent = Signed("{'type':'permit','class':[{'code':'Observation'}]}");

        Permits(Decide(Hipaa, Ask("HRESCH", Observation, Observation), consent));
        Denies(Decide(Hipaa, Ask("HRESCH", Observation, Medication), consent), ConsentReasons.NotCovered);
    }

    [Fact]
    public void Data_of_which_nothing_is_said_meets_no_narrow_permit() =>
        Denies(
            Decide(Hipaa, Ask() with { Data = [] }, Signed("{'type':'permit','class':[{'code':'Observation'}]}")),
            ConsentReasons.NotCovered);
}
