using Isthmus.Fhir.Elements;

namespace Isthmus.Mapping.Tests;

/// <summary>Values that real senders write and the standard does not foresee: nothing of them is lost, and nothing invalid comes of them.</summary>
public sealed class OddValueTests
{
    private const string Head = "MSH|^~\\&|LAB|ELSEWHERE|EHR|HERE|20260704120000-0400||ORU^R01^ORU_R01|M1|P|2.5.1\nPID|1||P1^^^ELSEWHERE^MR||Sample^Invented||19700101|F\n";
    private const string Order = "OBR|1|PL1^EHR|FL1^LAB|BMP^Basic metabolic panel^L|||20260704090000|||||||||1002^Order^Olive^^^Dr|||||||||F\n";
    private const string Result = "OBX|1|NM|K^Potassium^L||4|mmol/L|||||F|||20260704091500\n";

    [Theory]
    [InlineData("20260704120000-0700", "2026-07-04T09:15:00-07:00", "20261204091500", "2026-12-04T09:15:00-07:00")]
    [InlineData("20260704120000+0000", "2026-07-04T09:15:00+00:00", "20261204091500", "2026-12-04T09:15:00+00:00")]
    [InlineData("20260704120000", "2026-07-04T09:15:00-04:00", "20261204091500", "2026-12-04T09:15:00-05:00")]
    [InlineData("20260704120000-0400", "2026-07-04T09:15:00-04:00", "20261204091500", "2026-12-04T09:15:00-05:00")]
    [InlineData("20260704120000-0700", "2026-07-04T09:15:00-07:00", "20261204091500+0100", "2026-12-04T09:15:00+01:00")]
    public void A_time_without_an_offset_has_that_of_the_header_or_the_zone_that_spoke_there(string sentAt, string first, string winter, string second)
    {
        var outcome = Demo.Translate(
            Head.Replace("20260704120000-0400", sentAt, StringComparison.Ordinal) + Order + Result + Result.Replace("20260704091500", winter, StringComparison.Ordinal).Replace("OBX|1", "OBX|2", StringComparison.Ordinal));

        Assert.Equal([first, second], outcome.All("Observation").Select(observation => observation["effectiveDateTime"].AsString()));
    }

    [Fact]
    public void A_delimiter_in_a_text_that_has_no_parts_stays_text_and_is_reported()
    {
        var outcome = Demo.Translate(Head.Replace("|F\n", "|F|||1 Main St^Apt 4&5^Town\n", StringComparison.Ordinal) + "AL1|1|DA|X^y^L|SV|rash^hives~fever^^\n" + Order + Result);

        Assert.Equal("Apt 4&5", outcome.One("Patient")["address"][0]["line"][1].AsString());
        Assert.Equal(["rash^hives", "fever"], outcome.One("AllergyIntolerance")["reaction"].Items().Select(reaction => reaction["manifestation"][0]["text"].AsString()));
        Assert.Equal(["PID-11.2", "AL1-5"], outcome.Findings.Where(finding => finding.Rule == "hl7.field.delimiter-in-text").Select(finding => finding.Location.ToString()));
    }

    [Theory]
    [InlineData("ST", "a^b&c", "a^b&c", true)]
    [InlineData("ST", "plain", "plain", false)]
    [InlineData("ST", "plain^^", "plain^^", false)]
    [InlineData("TX", "R&D", "R&D", true)]
    public void A_text_of_a_result_is_kept_whole(string type, string sent, string text, bool isReported)
    {
        var outcome = Demo.Translate(Head + Order + $"OBX|1|{type}|N^Note^L||{sent}||||||F\n");

        Assert.Equal(text, outcome.One("Observation")["valueString"].AsString());
        Assert.Equal(isReported, outcome.Findings.Any(finding => finding.Rule == "hl7.field.delimiter-in-text"));
    }

    [Theory]
    [InlineData("F", "\"\"", "unknown")]
    [InlineData("F", "", "unknown")]
    [InlineData("C", " ", "unknown")]
    [InlineData("", "\\X20\\", "unknown")]
    [InlineData("P", "", "temp-unknown")]
    [InlineData("I", "\"\"", "temp-unknown")]
    [InlineData("O", "", "not-applicable")]
    [InlineData("X", "\"\"", "not-performed")]
    [InlineData("F", "4", null)]
    public void A_result_without_a_value_says_that_it_has_none(string status, string value, string? reason)
    {
        var outcome = Demo.Translate(Head + Order + $"OBX|1|NM|K^Potassium^L||{value}|mmol/L|||||{status}\n");

        Assert.Equal(reason, outcome.One("Observation")["dataAbsentReason"]["coding"][0]["code"].AsString());
        Assert.Equal(reason is null ? null : "http://terminology.hl7.org/CodeSystem/data-absent-reason", outcome.One("Observation")["dataAbsentReason"]["coding"][0]["system"].AsString());
    }

    [Fact]
    public void The_senders_own_reason_comes_before_a_guess()
    {
        var outcome = Demo.Translate(Head + Order + $"OBX|1|NM|K^Potassium^L|||mmol/L|||||F{new string('|', 21)}ASKU^asked^HL7v3\n");

        Assert.Equal(["ASKU"], outcome.One("Observation")["dataAbsentReason"]["coding"].Items().Select(coding => coding["code"].AsString()));
    }

    [Theory]
    [InlineData("DT", "notadate")]
    [InlineData("TM", "25:99")]
    [InlineData("TS", "19801301")]
    public void What_is_no_date_or_time_is_kept_as_text(string type, string sent)
    {
        var outcome = Demo.Translate(Head + Order + $"OBX|1|{type}|D^Date^L||{sent}||||||F\n");

        Assert.Equal(sent, outcome.One("Observation")["valueString"].AsString());
        Assert.NotEmpty(outcome.Findings);
    }

    [Theory]
    [InlineData("\\X20\\")]
    [InlineData("\\.br\\")]
    [InlineData("\u00A0\u2003")]
    [InlineData("   ")]
    public void White_space_in_any_form_is_no_value(string blank)
    {
        var outcome = Demo.Translate(
            Head.Replace("Sample^Invented", $"Sample^{blank}", StringComparison.Ordinal) + Order + Result + $"NTE|1||{blank}\nOBX|2|ST|{blank}^{blank}^L||{blank}||||||F\n");

        var patient = outcome.One("Patient");
        Assert.False(patient["name"][0]["given"].Exists);
        Assert.False(outcome.All("Observation")[0]["note"].Exists);
        Assert.False(outcome.All("Observation")[1]["valueString"].Exists);
    }

    [Theory]
    [InlineData("20260704090000", "20260704080000", "2026-07-04T09:00:00-04:00", "2026-07-04T08:00:00-04:00")]
    [InlineData("20260704", "20260703", "2026-07-04", "2026-07-03")]
    [InlineData("20260704090000+0200", "20260704080000+0300", "2026-07-04T09:00:00+02:00", "2026-07-04T08:00:00+03:00")]
    public void A_period_that_ends_before_it_starts_keeps_the_end_beside_it(string start, string end, string from, string kept)
    {
        var outcome = Demo.Translate(Head + Order.Replace("|20260704090000|", $"|{start}|{end}", StringComparison.Ordinal) + Result);

        var period = outcome.One("DiagnosticReport")["effectivePeriod"];
        Assert.Equal(from, period["start"].AsString());
        Assert.False(period["end"].Exists && period["end"].AsString() is not null);
        Assert.Contains($"\"_end\":{{\"extension\":[{{\"url\":\"http://hl7.org/fhir/StructureDefinition/rendered-value\",\"valueString\":\"{kept}\"}}]}}", outcome.Json("DiagnosticReport"), StringComparison.Ordinal);
        Assert.Contains(outcome.Findings, finding => finding.Rule == "hl7.field.period-reversed");
    }

    [Theory]
    [InlineData("20260704090000+0200", "20260704090000+0100")]
    [InlineData("20260704090000", "20260704")]
    public void A_period_in_order_stays_one(string start, string end) =>
        Assert.DoesNotContain(
            Demo.Translate(Head + Order.Replace("|20260704090000|", $"|{start}|{end}", StringComparison.Ordinal) + Result).Findings, finding => finding.Rule == "hl7.field.period-reversed");

    [Theory]
    [InlineData("|EHR|HERE|", "||HERE|")]
    [InlineData("|EHR|HERE|", "|^1.2.3^ISO|^1.2.4^ISO|")]
    [InlineData("|LAB|ELSEWHERE|", "||^1.2.5^ISO|")]
    [InlineData("|ORU^R01^ORU_R01|", "||")]
    public void A_header_with_parts_missing_is_valid_and_names_what_it_has(string part, string odd)
    {
        var outcome = Demo.Translate(Head.Replace(part, odd, StringComparison.Ordinal) + Order + Result);

        var header = outcome.One("MessageHeader");
        Assert.True(header["eventCoding"].Exists);
        Assert.Contains("endpoint\":", outcome.Json("MessageHeader").Split("\"source\":")[1], StringComparison.Ordinal);
        Assert.Contains("endpoint\":", outcome.Json("MessageHeader").Split("\"destination\":")[1].Split("\"source\":")[0], StringComparison.Ordinal);
        Assert.True(header["destination"][0]["receiver"].Exists);
        Assert.Equal(odd == "||", outcome.Findings.Any(finding => finding.Rule == "hl7.message.type-missing"));
    }

    [Theory]
    [InlineData("119297000^Blood^SCT", "http://snomed.info/sct", false)]
    [InlineData("BLD^Blood^HL70487", "http://terminology.hl7.org/CodeSystem/v2-0487", false)]
    [InlineData("NOSUCH^Nothing^HL70487", "http://terminology.hl7.org/CodeSystem/v2-0487", true)]
    [InlineData("NOSUCH^Nothing", null, true)]
    [InlineData("NOSUCH^Nothing^L", "https://isthmus.example/local/lab/L", true)]
    public void A_code_of_a_standard_needs_no_vocabulary(string sent, string? system, bool isUnmapped)
    {
        var outcome = Demo.Translate(Head + Order + Result + $"SPM|1|S1||{sent}\n");

        Assert.Equal(system, outcome.One("Specimen")["type"]["coding"][0]["system"].AsString());
        Assert.Equal(isUnmapped, outcome.Findings.Any(finding => finding.Table == "vocabulary/SpecimenType"));
    }

    [Theory]
    [InlineData("NIP001", "urn:oid:2.16.840.1.114222.4.5.293")]
    [InlineData("C4", "http://www.ama-assn.org/go/cpt")]
    [InlineData("sct", "http://snomed.info/sct")]
    [InlineData("I9CP", "http://hl7.org/fhir/sid/icd-9-cm")]
    [InlineData("ICD10GM2014", "http://fhir.de/CodeSystem/bfarm/icd-10-gm")]
    [InlineData("HL70078", "http://terminology.hl7.org/CodeSystem/v2-0078")]
    [InlineData("Hl7283", "http://terminology.hl7.org/CodeSystem/v2-0283")]
    public void Systems_of_table_0396_are_known(string name, string uri)
    {
        var outcome = Demo.Translate(Head + Order + $"OBX|1|CE|Q^Question^L||A^Answer^{name}||||||F\n");

        Assert.Equal(uri, outcome.One("Observation")["valueCodeableConcept"]["coding"][0]["system"].AsString());
        Assert.DoesNotContain(outcome.Findings, finding => finding.Rule == "terminology.system-unknown");
    }

    [Theory]
    [InlineData("ORU^R01^ORU_R01", Result + "SPM|1|S1||BLD\n")]
    [InlineData("OML^O21^OML_O21", "SPM|1|S1||BLD\n")]
    public void Who_collected_a_specimen_stands_with_it_beside_SPM_as_well(string type, string behind)
    {
        var outcome = Demo.Translate(
            Head.Replace("ORU^R01^ORU_R01", type, StringComparison.Ordinal) + "ORC|RE|PL1^EHR|FL1^LAB\nOBR|1|PL1^EHR|FL1^LAB|BMP^b^L|||20260704090000|||77^Col^Lector|A||||||||||||||F\n" + behind);

        Assert.True(outcome.One("Specimen")["collection"]["collector"]["reference"].Exists);
        Assert.DoesNotContain("OBR-10", outcome.Unread);
        Assert.Contains("OBR-11", outcome.Unread);
    }

    [Fact]
    public void An_order_below_its_specimen_says_who_collected_it()
    {
        var outcome = Demo.Translate(
            Head.Replace("ORU^R01^ORU_R01", "OUL^R22^OUL_R22", StringComparison.Ordinal) + "SPM|1|S1||BLD\nOBR|1|PL1^EHR|FL1^LAB|BMP^b^L|||20260704090000|||77^Col^Lector||||||||||||||F\n" + Result);

        Assert.True(outcome.One("Specimen")["collection"]["collector"]["reference"].Exists);
    }

    [Fact]
    public void Coverage_asks_no_segment_that_is_not_there()
    {
        var outcome = Demo.Translate(Head.Replace("ORU^R01^ORU_R01", "OML^O21^OML_O21", StringComparison.Ordinal) + "ORC|NW|PL1^EHR\nOBR|1|PL1^EHR||BMP^b^L|||||||||||||||\n");

        Assert.DoesNotContain("OBR-4", outcome.Unread);
    }

    [Fact]
    public void Coverage_names_what_a_condition_kept_from_being_read()
    {
        var with = Demo.Translate(Head + "ORC|RE|PL1^EHR|FL1^LAB|||||||||3003^Another^Orderer\n" + Order + Result);
        var without = Demo.Translate(Head + "ORC|RE|PL1^EHR|FL1^LAB\n" + Order + Result);

        Assert.Contains("OBR-16", with.Unread);
        Assert.DoesNotContain("OBR-16", without.Unread);
        Assert.DoesNotContain("OBR-2", with.Unread);
        Assert.DoesNotContain("OBX-2", with.Unread);
    }
}
