namespace Isthmus.Mapping.Tests;

/// <summary>Orders, the answers to them, and acknowledgements (docs/adr/0027).</summary>
public sealed class OrderTests
{
    private const string Patient = "PID|1||P1^^^ELSEWHERE^MR||Sample^Invented||19700101|F\n";

    [Theory]
    [InlineData("CA", "CA")]
    [InlineData("CA", "")]
    [InlineData("DC", "DC")]
    public void Why_an_order_was_cancelled_is_told_whether_or_not_its_status_is_sent(string control, string status)
    {
        var outcome = Demo.Translate(Head("OML^O21^OML_O21") + Patient + $"ORC|{control}|PL1^EHR|||{status}{new string('|', 11)}DUP^Duplicate order^L\nOBR|1|PL1^EHR||K^Potassium^L\n");

        Assert.Contains("request-statusReason\",\"valueCodeableConcept\":{\"coding\":[{\"system\":\"https://isthmus.example/local/", outcome.Json("ServiceRequest"), StringComparison.Ordinal);
        Assert.Contains("\"DUP\"", outcome.Json("ServiceRequest"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NW", "", "active")]
    [InlineData("NW", "SC", "active")]
    [InlineData("NW", "CM", "completed")]
    [InlineData("CA", "CA", "revoked")]
    [InlineData("OC", "", "revoked")]
    [InlineData("CR", "", "revoked")]
    [InlineData("DC", "", "revoked")]
    [InlineData("HR", "", "on-hold")]
    [InlineData("UA", "", "revoked")]
    [InlineData("UR", "", "on-hold")]
    [InlineData("XO", "", "active")]
    [InlineData("SC", "", "unknown")]
    public void The_status_of_an_order_is_ORC_5_or_what_its_control_code_means(string control, string status, string expected)
    {
        var outcome = Demo.Translate(Head("OML^O21^OML_O21") + Patient + $"ORC|{control}|PL1^EHR|||{status}\nOBR|1|PL1^EHR||K^Potassium^L\n");

        Assert.Equal(expected, outcome.One("ServiceRequest")["status"].AsString());
        Assert.Empty(outcome.All("DiagnosticReport"));
    }

    [Theory]
    [InlineData("OML^O21^OML_O21")]
    [InlineData("OMG^O19^OMG_O19")]
    [InlineData("OMI^O23^OMI_O23")]
    [InlineData("ORM^O01^ORM_O01")]
    [InlineData("ORM^O01")]
    [InlineData("OML^O21")]
    public void An_order_has_its_patient_reason_answers_specimen_and_timing(string type)
    {
        var outcome = Demo.Translate(Head(type) + Patient
            + "ORC|NW|PL1^EHR||||||||||1002^Order^Olive\nTQ1|1||BID||||20260704|20260711|S\nOBR|1|PL1^EHR||K^Potassium^L\nNTE|1||with care\nDG1|1||E87.5^Hyperkalaemia^I10\nOBX|1|CWE|F^Fasting^L||Y^Yes^HL70136||||||F\nSPM|1|S1||BLD^Blood^HL70487\n");
        var order = outcome.One("ServiceRequest");

        Assert.Equal($"Patient/{outcome.One("Patient")["id"].AsString()}", order["subject"]["reference"].AsString());
        Assert.Equal($"Condition/{outcome.One("Condition")["id"].AsString()}", order["reasonReference"][0]["reference"].AsString());
        Assert.Equal($"Observation/{outcome.One("Observation")["id"].AsString()}", order["supportingInfo"][0]["reference"].AsString());
        Assert.Equal($"Specimen/{outcome.One("Specimen")["id"].AsString()}", order["specimen"][0]["reference"].AsString());
        Assert.Equal(("2", "stat", "with care"), (order["occurrenceTiming"]["repeat"]["frequency"].AsString(), order["priority"].AsString(), order["note"][0]["text"].AsString()));
        Assert.Equal("CREATE", outcome.All("Provenance")[1]["activity"]["coding"][0]["code"].AsString());
    }

    [Fact]
    public void An_order_without_details_is_an_order()
    {
        var outcome = Demo.Translate(Head("ORM^O01") + Patient + "ORC|CA|PL1^EHR\nORC|NW|PL2^EHR\nOBR|1|PL2^EHR||K^Potassium^L\n");

        Assert.Equal(2, outcome.All("ServiceRequest").Count);
        Assert.All(outcome.All("ServiceRequest"), order => Assert.Equal("order", order["intent"].AsString()));
    }

    [Fact]
    public void Every_order_of_a_message_is_one_of_its_own_and_none_a_prior_one()
    {
        var outcome = Demo.Translate(Head("OML^O21^OML_O21") + Patient + "ORC|NW|PL1^EHR\nOBR|1|PL1^EHR||K^Potassium^L\nORC|NW|PL2^EHR\nOBR|2|PL2^EHR||NA^Sodium^L\nOBX|1|CWE|F^Fasting^L||Y^Yes^HL70136||||||F\n");

        Assert.Equal(2, outcome.All("ServiceRequest").Count);
        Assert.Empty(outcome.All("DiagnosticReport"));
        Assert.Equal(2, outcome.One("MessageHeader")["focus"].Count);
        Assert.Equal(1, outcome.All("ServiceRequest")[1]["supportingInfo"].Count);
    }

    [Theory]
    [InlineData("OML^O33^OML_O33", "SPM|1|S1||BLD^Blood^HL70487\nSAC|||T1\nORC|NW|PL1^EHR\nOBR|1|PL1^EHR||K^Potassium^L\nORC|NW|PL2^EHR\nOBR|2|PL2^EHR||NA^Sodium^L\n")]
    [InlineData("OML^O35^OML_O35", "SPM|1|S1||BLD^Blood^HL70487\nSAC|||T1\nORC|NW|PL1^EHR\nOBR|1|PL1^EHR||K^Potassium^L\nSAC|||T2\nORC|NW|PL2^EHR\nOBR|2|PL2^EHR||NA^Sodium^L\n")]
    public void Orders_on_a_specimen_are_for_that_specimen(string type, string segments)
    {
        var outcome = Demo.Translate(Head(type) + Patient + segments);
        var specimen = $"Specimen/{outcome.One("Specimen")["id"].AsString()}";

        Assert.Equal(2, outcome.All("ServiceRequest").Count);
        Assert.All(outcome.All("ServiceRequest"), order => Assert.Equal(specimen, order["specimen"][0]["reference"].AsString()));
    }

    [Fact]
    public void Prior_results_are_reports_that_support_the_order_and_make_no_second_patient()
    {
        var outcome = Demo.Translate(Head("OML^O21^OML_O21") + Patient
            + "ORC|NW|PL2^EHR\nOBR|1|PL2^EHR||K^Potassium^L\nPID|1||P1^^^ELSEWHERE^MR||Former^Invented\nPV1|1|O\nORC|PR|PL1^EHR|FL1^LAB\nOBR|1|PL1^EHR|FL1^LAB|K^Potassium^L|||20260101|||||||||||||||||||F\nOBX|1|NM|K^Potassium^L||5.9|mmol/L|||||F\n");

        Assert.Equal("Sample", outcome.One("Patient")["name"][0]["family"].AsString());
        Assert.Equal($"DiagnosticReport/{outcome.One("DiagnosticReport")["id"].AsString()}", outcome.All("ServiceRequest")[0]["supportingInfo"][0]["reference"].AsString());
        Assert.Equal(1, outcome.One("DiagnosticReport")["result"].Count);
        Assert.Equal("final", outcome.One("Observation")["status"].AsString());
    }

    [Fact]
    public void An_answer_gives_the_order_the_id_it_had_and_says_what_it_answers()
    {
        var order = Demo.Translate(Head("OML^O21^OML_O21") + Patient + "ORC|NW|PL1^EHR\nOBR|1|PL1^EHR||K^Potassium^L\n");
        var answer = Demo.Translate(Head("ORL^O22^ORL_O22") + "MSA|AA|M0\n" + Patient + "ORC|OK|PL1^EHR|FL1^LAB||SC\nOBR|1|PL1^EHR|FL1^LAB|K^Potassium^L\n");
        var response = answer.One("MessageHeader")["response"];

        Assert.Equal(order.One("ServiceRequest")["id"].AsString(), answer.One("ServiceRequest")["id"].AsString());
        Assert.Equal(("M0", "ok"), (response["identifier"].AsString(), response["code"].AsString()));
        Assert.Empty(answer.All("OperationOutcome"));
    }

    [Theory]
    [InlineData("AA", "", "ok")]
    [InlineData("CA", "", "ok")]
    [InlineData("AE", "", "fatal-error")]
    [InlineData("AR", "", "transient-error")]
    [InlineData("AR", "ERR|||207^Internal error^HL70357|E\n", "transient-error")]
    [InlineData("AR", "ERR|||200^Unsupported message type^HL70357|E\n", "fatal-error")]
    [InlineData("?", "", "fatal-error")]
    public void An_acknowledgement_says_whether_sending_again_can_help(string code, string errors, string expected)
    {
        var outcome = Demo.Translate(Head("ACK^R01^ACK") + $"MSA|{code}|M0\n" + errors);

        Assert.Equal(expected, outcome.One("MessageHeader")["response"]["code"].AsString());
        Assert.Equal(expected == "ok" ? 0 : 1, outcome.All("OperationOutcome").Count);
    }

    [Fact]
    public void Every_ERR_is_an_issue_with_its_place_and_its_codes()
    {
        var outcome = Demo.Translate(Head("ACK") + "MSA|AE|M_0|refused\nERR||PID^1^5^1^1|101^Required field missing^HL70357|E|N1^No name^L||diagnosis|Tell us the name\nERR|OBX^2^5^103&Table value not found&HL70357\n");
        var issues = outcome.One("OperationOutcome")["issue"];

        Assert.Equal(3, issues.Count);
        Assert.Equal("refused", issues[0]["diagnostics"].AsString());
        Assert.Equal(("required", "PID[1]-5.1", "Tell us the name"), (issues[1]["code"].AsString(), issues[1]["location"][0].AsString(), issues[1]["details"]["text"].AsString()));
        Assert.Equal(("code-invalid", "OBX[2]-5"), (issues[2]["code"].AsString(), issues[2]["location"][0].AsString()));
        Assert.Equal($"OperationOutcome/{outcome.One("OperationOutcome")["id"].AsString()}", outcome.One("MessageHeader")["response"]["details"]["reference"].AsString());
        Assert.Contains(outcome.Findings, finding => finding.Rule == "hl7.field.id-invalid" && finding.Location.ToString() == "MSA-2");
    }

    [Fact]
    public void A_participation_taken_back_makes_nothing()
    {
        const string participation = "PRT|1|{0}||OP^Ordering Provider^HL70443|77^Taken^Tamar\n";
        string With(string action) => Head("OML^O21^OML_O21") + Patient + "ORC|NW|PL1^EHR\n" + participation.Replace("{0}", action, StringComparison.Ordinal) + "OBR|1|PL1^EHR||K^Potassium^L\n";

        Assert.True(Demo.Translate(With("AD")).One("ServiceRequest")["requester"].Exists);
        Assert.False(Demo.Translate(With("D")).One("ServiceRequest")["requester"].Exists);
    }

    [Fact]
    public void Notes_and_timings_without_an_order_make_none()
    {
        var outcome = Demo.Translate(Head("OML^O21^OML_O21") + Patient + "TQ1|1||BID\nTCD|1\n");

        Assert.Empty(outcome.All("ServiceRequest"));
    }

    [Fact]
    public void A_timing_has_a_period_or_a_length_and_not_both()
    {
        var outcome = Demo.Translate(Head("OML^O21^OML_O21") + Patient + "ORC|NW|PL1^EHR|||||^^D10\nTQ1|1||||||20260704|20260711\nTQ1|2|||||3^d\nOBR|1|PL1^EHR||K^Potassium^L\n");
        var repeat = outcome.One("ServiceRequest")["occurrenceTiming"]["repeat"];

        Assert.Equal("2026-07-04", repeat["boundsPeriod"]["start"].AsString());
        Assert.False(repeat["boundsDuration"].Exists);
    }

    [Theory]
    [InlineData("NW", "", "active")]
    [InlineData("CA", "", "revoked")]
    [InlineData("OC", "", "revoked")]
    [InlineData("DC", "", "revoked")]
    [InlineData("RP", "", "revoked")]
    [InlineData("RQ", "", "revoked")]
    [InlineData("RU", "", "revoked")]
    [InlineData("RO", "", "active")]
    [InlineData("HD", "", "on-hold")]
    [InlineData("OH", "", "on-hold")]
    [InlineData("RL", "", "active")]
    [InlineData("CA", "IP", "active")]
    [InlineData("HD", "CM", "completed")]
    public void Order_control_ends_or_holds_an_order_whose_state_is_not_said(string control, string state, string status)
    {
        var order = Demo.Translate(Head("ORM^O01^ORM_O01") + Patient + $"ORC|{control}|PL1^EHR|||{state}\nOBR|1|PL1^EHR||K^Potassium^L\n").One("ServiceRequest");

        Assert.Equal(status, order["status"].AsString());
    }

    private static string Head(string type) => $"MSH|^~\\&|EHR|ELSEWHERE|LAB|HERE|20260704120000||{type}|M1|P|2.5.1\n";
}
