using System.Globalization;
using System.Text;
using Isthmus.Fhir.Elements;

namespace Isthmus.Mapping.Tests;

/// <summary>What several fields, segments and messages of results say together (docs/adr/0027).</summary>
public sealed class ResultSemanticsTests
{
    private const string Head = "MSH|^~\\&|LAB|ELSEWHERE|EHR|HERE|20260704120000||ORU^R01^ORU_R01|M1|P|2.5.1\nPID|1||P1^^^ELSEWHERE^MR||Sample^Invented||19700101|F\n";
    private const string Order = "OBR|1|PL1^EHR|FL1^LAB|BMP^Basic metabolic panel^L|||20260704090000|||||||||1002^Order^Olive^^^Dr|||||||||F\n";

    [Fact]
    public void The_same_result_under_two_orders_stays_two()
    {
        const string result = "OBX|1|NM|K^Potassium^L||4|mmol/L|||||F\n";
        var outcome = Demo.Translate(Head + Order + result + Order.Replace("FL1", "FL2", StringComparison.Ordinal).Replace("OBR|1", "OBR|2", StringComparison.Ordinal) + result);

        Assert.Equal(2, outcome.All("Observation").Select(observation => observation["id"].AsString()).Distinct().Count());
        Assert.All(outcome.All("DiagnosticReport"), report => Assert.Equal(1, report["result"].Count));
    }

    [Theory]
    [InlineData("P", "preliminary")]
    [InlineData("F", "final")]
    [InlineData("C", "corrected")]
    [InlineData("A", "amended")]
    [InlineData("B", "amended")]
    [InlineData("W", "entered-in-error")]
    [InlineData("D", "entered-in-error")]
    [InlineData("I", "registered")]
    [InlineData("O", "registered")]
    [InlineData("R", "preliminary")]
    [InlineData("S", "preliminary")]
    [InlineData("U", "final")]
    [InlineData("V", "final")]
    [InlineData("X", "cancelled")]
    [InlineData("", "unknown")]
    public void The_status_of_a_result_is_what_OBX_11_says(string sent, string status)
    {
        var outcome = Demo.Translate(Head + Order + $"OBX|1|NM|K^Potassium^L||4|mmol/L|||||{sent}\n");

        Assert.Equal(status, outcome.One("Observation")["status"].AsString());
        Assert.Equal("4", outcome.One("Observation")["valueQuantity"]["value"].AsString());
    }

    [Theory]
    [InlineData("N", "not-asked")]
    [InlineData("X", "not-performed")]
    public void A_result_that_is_not_there_says_why(string sent, string reason)
    {
        var outcome = Demo.Translate(Head + Order + $"OBX|1|NM|K^Potassium^L|||mmol/L|||||{sent}\n");

        Assert.Equal(reason, outcome.One("Observation")["dataAbsentReason"]["coding"][0]["code"].AsString());
    }

    [Fact]
    public void The_action_code_D_takes_back_what_it_stands_in()
    {
        var outcome = Demo.Translate(Head + Order + $"OBX|1|NM|K^Potassium^L||4|mmol/L|||||F{new string('|', 20)}D\nSPM|1|S1||BLD^Blood^HL70487{new string('|', 31)}D\n");

        Assert.Equal("entered-in-error", outcome.One("Observation")["status"].AsString());
        Assert.Equal("entered-in-error", outcome.One("Specimen")["status"].AsString());
        Assert.Equal("entered-in-error", Demo.Translate(Head + Order.Replace("|F\n", "|F" + new string('|', 30) + "D\n", StringComparison.Ordinal)).One("DiagnosticReport")["status"].AsString());
    }

    [Theory]
    [InlineData("3.5-5.1", "3.5", "5.1")]
    [InlineData("3.50 - 5.10", "3.50", "5.10")]
    [InlineData("-2-2", "-2", "2")]
    [InlineData("-5--1", "-5", "-1")]
    [InlineData("<200", null, "200")]
    [InlineData("<=0.40", null, "0.40")]
    [InlineData(">=60", "60", null)]
    [InlineData("5.1-3.5", null, null)]
    [InlineData("negative", null, null)]
    [InlineData("3.5-5.1 fasting", null, null)]
    [InlineData("-", null, null)]
    public void A_reference_range_of_numbers_has_limits_and_every_one_its_text(string sent, string? low, string? high)
    {
        var range = Demo.Translate(Head + Order + $"OBX|1|NM|K^Potassium^L||4|mmol/L|{sent}||||F\n").One("Observation")["referenceRange"][0];

        Assert.Equal(sent, range["text"].AsString());
        Assert.Equal((low, high), (range["low"]["value"].AsString(), range["high"]["value"].AsString()));
        Assert.Equal(low is null ? null : "mmol/L", range["low"]["code"].AsString());
    }

    [Fact]
    public void Lines_of_one_report_are_a_document_beside_their_observations()
    {
        var outcome = Demo.Translate(Head + Order
            + "OBX|1|TX|RPT^Report^L|1|first line||||||F\nNTE|1||between\nOBX|2|TX|RPT^Report^L|2|wrong line||||||W\nOBX|3|TX|RPT^Report^L|3|second~third||||||F\nOBX|4|TX|IMP^Impression^L||alone||||||F\n");
        var form = Assert.Single(Items(outcome.One("DiagnosticReport")["presentedForm"]));

        Assert.Equal("Report\nfirst line\nsecond\nthird\n\nImpression\nalone", Text(form));
        Assert.Equal(("text/plain;charset=utf-8", "Basic metabolic panel"), (form["contentType"].AsString(), form["title"].AsString()));
        Assert.Equal(4, outcome.All("Observation").Count);
    }

    [Fact]
    public void The_report_as_issued_never_stands_without_its_impression_or_addendum()
    {
        var outcome = Demo.Translate(Head + Order
            + "OBX|1|TX|CT&GDT^CT chest^L|1|No embolism.||||||F\nOBX|2|TX|CT&GDT^CT chest^L|2|No effusion.||||||F\nOBX|3|FT|CT&IMP^CT chest^L|1|Normal.||||||F\nOBX|4|ST|CT&ADT^CT chest^L|1|There is an embolism.||||||C\nOBX|5|ST|DLP^Dose^L||310|mGy.cm|||||F\n");
        var form = Assert.Single(Items(outcome.One("DiagnosticReport")["presentedForm"]));

        Assert.Equal("No embolism.\nNo effusion.\nNormal.\nThere is an embolism.", Text(form));
        Assert.Equal("CT chest", form["title"].AsString());
    }

    [Fact]
    public void An_addendum_that_comes_alone_never_takes_the_place_of_the_impression()
    {
        static string? IdOf(string code) => Demo.Translate(Head + Order + $"OBX|1|TX|{code}^CT chest^L|1|text||||||F\n").One("Observation")["id"].AsString();

        Assert.NotEqual(IdOf("CT&IMP"), IdOf("CT&ADT"));
        Assert.Equal(IdOf("CT&IMP"), IdOf("CT&IMP"));
        Assert.Equal(IdOf("CT"), IdOf("CT&"));
    }

    [Fact]
    public void A_measurement_sent_as_text_keeps_its_unit()
    {
        var outcome = Demo.Translate(Head + Order + "OBX|1|ST|AMP^Ampicillin^L||>=32|ug/mL||R|||F\nOBX|2|ST|COL^Colour^L||yellow||||||F\n");

        Assert.Equal([">=32 ug/mL", "yellow"], outcome.All("Observation").Select(observation => observation["valueString"].AsString()));
    }

    [Fact]
    public void An_address_of_a_document_keeps_its_ampersands()
    {
        var outcome = Demo.Translate(Head + Order + "OBX|1|RP|IMG^Images^L||https://pacs.example/v?a=1&t=2^PACS^IM^DICOM||||||F\n");

        Assert.Equal("https://pacs.example/v?a=1&t=2", Assert.Single(Items(outcome.One("DiagnosticReport")["presentedForm"]))["url"].AsString());
    }

    [Fact]
    public void The_authority_of_a_group_number_is_no_number_of_the_report()
    {
        var outcome = Demo.Translate(Head + "ORC|RE|PL1^EHR|FL1^LAB|G1^LAB\n" + Order);
        var group = Items(outcome.One("DiagnosticReport")["identifier"])[2];

        Assert.Equal(3, outcome.One("DiagnosticReport")["identifier"].Count);
        Assert.Equal(("G1", "PGN"), (group["value"].AsString(), group["type"]["coding"][0]["code"].AsString()));
    }

    [Fact]
    public void What_a_report_was_made_for_is_told_with_it_and_with_its_order()
    {
        var outcome = Demo.Translate(
            "MSH|^~\\&|LAB|H|||20261120||ORU^R01^ORU_R01|1|P|2.5.1\nPID|1||P1\n"
            + "OBR|1||F1|50545-3^Susceptibility^LN||||||||||||||||||||||600-7&Bacteria identified&LN^2^Escherichia coli\n");

        foreach (var type in new[] { "DiagnosticReport", "ServiceRequest" })
        {
            var parts = outcome.One(type)["extension"].Items().Single(extension => extension["url"].AsString() == "urn:isthmus:hl7v2:OBR-26")["extension"].Items();
            Assert.Equal(["observation", "sub-id", "value"], parts.Select(part => part["url"].AsString()));
            Assert.Equal(("http://loinc.org", "600-7"), (parts[0]["valueCodeableConcept"]["coding"][0]["system"].AsString(), parts[0]["valueCodeableConcept"]["coding"][0]["code"].AsString()));
            Assert.Equal(("2", "Escherichia coli"), (parts[1]["valueString"].AsString(), parts[2]["valueString"].AsString()));
        }

        Assert.DoesNotContain("OBR-26", outcome.Unread);
    }

    private static string Text(FhirElement attachment) => Encoding.UTF8.GetString(Convert.FromBase64String(attachment["data"].AsString()!));

    [Fact]
    public void A_document_among_the_results_is_the_report_as_issued()
    {
        var outcome = Demo.Translate(Head + Order + "OBX|1|ED|PDF^Image report^L||^application^PDF^Base64^JVBERi0xLjQK||||||F\nOBX|2|RP|IMG^Images^L||https://pacs.example/1^^image^JPEG||||||F\n");
        var forms = Items(outcome.One("DiagnosticReport")["presentedForm"]);

        Assert.Equal(("application/pdf", "JVBERi0xLjQK", "Image report"), (forms[0]["contentType"].AsString(), forms[0]["data"].AsString(), forms[0]["title"].AsString()));
        Assert.Equal(("image/jpeg", "https://pacs.example/1"), (forms[1]["contentType"].AsString(), forms[1]["url"].AsString()));
    }

    [Theory]
    [InlineData("JVBERi0x\\.br\\LjQK")]
    [InlineData("JVBERi0x\\X0D0A\\LjQK")]
    [InlineData("JVBERi0x LjQK")]
    public void A_document_survives_the_line_breaks_in_its_encoding(string sent)
    {
        var outcome = Demo.Translate(Head + Order + $"OBX|1|ED|PDF^Report^L||^application^PDF^Base64^{sent}||||||F\n");

        Assert.Equal("JVBERi0xLjQK", Assert.Single(Items(outcome.One("DiagnosticReport")["presentedForm"]))["data"].AsString());
    }

    [Fact]
    public void A_value_without_a_type_is_kept_as_text_and_reported()
    {
        var outcome = Demo.Translate(Head + Order + "OBX|1||K^Potassium^L||4.2|mmol/L|||||F\n");

        Assert.Equal("4.2", outcome.One("Observation")["valueString"].AsString());
        Assert.Contains(outcome.Findings, finding => finding.Rule == "hl7.field.type-missing" && finding.Location.ToString().StartsWith("OBX-5", StringComparison.Ordinal));
    }

    [Fact]
    public void A_person_named_as_orderer_requester_and_observer_is_one_practitioner()
    {
        const string person = "1002^Order^Olive^^^Dr";
        var outcome = Demo.Translate(Head + $"ORC|RE|PL1^EHR|FL1^LAB|||||||||{person}\n" + Order + $"OBX|1|NM|K^Potassium^L||4|mmol/L|||||F|||||{person}\n");

        Assert.Single(outcome.All("Practitioner"));
        Assert.Equal($"Practitioner/{outcome.One("Practitioner")["id"].AsString()}", outcome.One("PractitionerRole")["practitioner"]["reference"].AsString());
    }

    [Fact]
    public void A_question_of_the_order_supports_it_and_is_no_result()
    {
        var outcome = Demo.Translate(Head + Order + $"OBX|1|CWE|F^Fasting^L||Y^Yes^HL70136||||||F{new string('|', 18)}QST\nNTE|1||as the patient says\nOBX|2|NM|K^Potassium^L||4|mmol/L|||||F\n");
        var question = outcome.All("Observation")[0];

        Assert.Equal($"Observation/{question["id"].AsString()}", outcome.One("ServiceRequest")["supportingInfo"][0]["reference"].AsString());
        Assert.Equal("as the patient says", question["note"][0]["text"].AsString());
        Assert.Equal(1, outcome.One("DiagnosticReport")["result"].Count);
    }

    [Fact]
    public void What_an_analyser_sends_by_specimen_is_a_report_with_that_specimen()
    {
        var outcome = Demo.Translate(Head.Replace("ORU^R01^ORU_R01", "OUL^R22^OUL_R22", StringComparison.Ordinal)
            + "SPM|1|S1||SER^Serum^HL70487\nSAC|||T1\nOBR|1||FL1^LAB|K^Potassium^L\nORC|RE||FL1^LAB||CM\nOBX|1|NM|K^Potassium^L||4|mmol/L|||||F\nSPM|2|S2||UR^Urine^HL70487\nOBR|2||FL2^LAB|NA^Sodium^L\nOBX|1|NM|NA^Sodium^L||139|mmol/L|||||F\n");
        var specimens = outcome.All("Specimen");

        Assert.Equal([2, 2, 2], [specimens.Count, outcome.All("DiagnosticReport").Count, outcome.All("Observation").Count]);
        Assert.Equal($"Specimen/{specimens[1]["id"].AsString()}", outcome.All("Observation")[1]["specimen"]["reference"].AsString());
        Assert.Equal("completed", outcome.All("ServiceRequest")[0]["status"].AsString());
    }

    [Fact]
    public void A_report_of_thousands_of_lines_is_put_together_in_one_pass()
    {
        var text = new StringBuilder(Head + Order);
        for (var line = 1; line <= 5_000; line++)
        {
            text.Append(CultureInfo.InvariantCulture, $"OBX|{line}|TX|R^Report^L|{line % 7}|line {line}||||||F\n");
        }

        using var translation = Demo.Translator.Translate(Demo.Parse(text.ToString()), Demo.Context);

        Assert.Equal(5_000, translation.Resources.Count(resource => resource.Type == "Observation"));
    }

    private static List<FhirElement> Items(FhirElement list)
    {
        var items = new List<FhirElement>();
        foreach (var item in list)
        {
            items.Add(item);
        }

        return items;
    }
}
