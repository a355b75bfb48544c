using System.Text;

namespace Isthmus.Mapping.Tests;

public sealed class ResultTests
{
    private const string Head = """
        MSH|^~\&|LAB|ELSEWHERE|EHR|HERE|20260704120000||ORU^R01^ORU_R01|M1|P|2.5.1
        PID|1||P1^^^ELSEWHERE^MR||Sample^Invented||19700101|F

        """;

    private const string Order = "ORC|RE|PL1^EHR|FL1^LAB\nOBR|1|PL1^EHR|FL1^LAB|BMP^Basic metabolic panel^L|||20260704090000|||||||||1002^Order^Olive^^^Dr|||||||||F\n";

    [Fact]
    public void A_bad_date_is_reported_and_the_rest_lives()
    {
        var outcome = Demo.Translate(Head.Replace("19700101", "19701301", StringComparison.Ordinal) + Order + "OBX|1|NM|K^Potassium^L||4.2|mmol/L|||||F|||20260740\n");

        Assert.Equal("female", outcome.One("Patient")["gender"].AsString());
        Assert.False(outcome.One("Patient")["birthDate"].Exists);
        Assert.Equal("4.2", outcome.One("Observation")["valueQuantity"]["value"].AsString());
        Assert.Contains(outcome.Findings, finding => finding.Rule == "hl7.date-time.range-invalid" && finding.Location.ToString() == "PID-7");
        Assert.Contains(outcome.Findings, finding => finding.Rule == "hl7.date-time.range-invalid" && finding.Location.ToString() == "OBX-14");
    }

    [Theory]
    [InlineData("<5", "{\"comparator\":\"<\",\"value\":5,\"unit\":\"mmol/L\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"mmol/L\"}")]
    [InlineData(">=10.50", "{\"comparator\":\">=\",\"value\":10.50,\"unit\":\"mmol/L\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"mmol/L\"}")]
    [InlineData("007.10", "{\"value\":7.10,\"unit\":\"mmol/L\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"mmol/L\"}")]
    public void A_number_keeps_its_comparator_and_its_digits(string sent, string quantity)
    {
        var outcome = Demo.Translate(Head + Order + $"OBX|1|NM|K^Potassium^L||{sent}|mmol/L|||||F\n");

        Assert.Contains($"\"valueQuantity\":{quantity}", outcome.Json("Observation"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("13,5")]
    [InlineData("positive")]
    [InlineData("1e3")]
    public void What_is_no_number_is_kept_as_text_with_its_unit(string sent)
    {
        var outcome = Demo.Translate(Head + Order + $"OBX|1|NM|K^Potassium^L||{sent}|mmol/L|||||F\n");

        Assert.Equal($"{sent} mmol/L", outcome.One("Observation")["valueString"].AsString());
        Assert.False(outcome.One("Observation")["valueQuantity"].Exists);
        Assert.Contains(outcome.Findings, finding => finding.Rule == "hl7.number.form-invalid");
    }

    [Fact]
    public void A_null_makes_no_element()
    {
        var outcome = Demo.Translate(Head.Replace("Sample^Invented", "\"\"^Invented", StringComparison.Ordinal).Replace("|F\n", "|\"\"\n", StringComparison.Ordinal));

        Assert.False(outcome.One("Patient")["name"][0]["family"].Exists);
        Assert.False(outcome.One("Patient")["gender"].Exists);
        Assert.Equal("Invented", outcome.One("Patient")["name"][0]["given"][0].AsString());
    }

    [Fact]
    public void Repeated_values_become_components_and_repeated_text_one_text()
    {
        var outcome = Demo.Translate(Head + Order + "OBX|1|CWE|X^Organisms^L||112283007^E. coli^SCT~3092008^S. aureus^SCT||||||F\nOBX|2|TX|R^Report^L||line one~line two||||||F\n");
        var observations = outcome.All("Observation");

        Assert.Equal(2, observations[0]["component"].Count);
        Assert.Equal("3092008", observations[0]["component"][1]["valueCodeableConcept"]["coding"][0]["code"].AsString());
        Assert.Equal("X", observations[0]["component"][1]["code"]["coding"][0]["code"].AsString());
        Assert.Equal("line one\nline two", observations[1]["valueString"].AsString());
    }

    [Fact]
    public void A_note_belongs_to_the_segment_it_follows()
    {
        var outcome = Demo.Translate(Head + Order + "NTE|1||on the order\nOBX|1|NM|K^Potassium^L||4|mmol/L|||||F\nNTE|1||on potassium\nOBX|2|NM|NA^Sodium^L||139|mmol/L|||||F\n");

        Assert.Equal("on the order", outcome.One("ServiceRequest")["note"][0]["text"].AsString());
        Assert.Equal("on potassium", outcome.All("Observation")[0]["note"][0]["text"].AsString());
        Assert.False(outcome.All("Observation")[1]["note"].Exists);
    }

    [Theory]
    [InlineData("SPM|1|S1||BLD^Blood^HL70487\nOBX|1|NM|K^Potassium^L||4|mmol/L|||||F\n")]
    [InlineData("OBX|1|NM|K^Potassium^L||4|mmol/L|||||F\nSPM|1|S1||BLD^Blood^HL70487\n")]
    public void A_specimen_before_or_behind_its_result_is_its_specimen(string segments)
    {
        var outcome = Demo.Translate(Head + Order + segments);
        var specimen = $"Specimen/{outcome.One("Specimen")["id"].AsString()}";

        Assert.Equal(specimen, outcome.One("Observation")["specimen"]["reference"].AsString());
        Assert.Equal(specimen, outcome.One("DiagnosticReport")["specimen"][0]["reference"].AsString());
        Assert.Equal(1, outcome.One("DiagnosticReport")["result"].Count);
    }

    [Fact]
    public void Twenty_orders_without_ORC_keep_their_149_results_apart()
    {
        var text = new StringBuilder(Head);
        var results = 0;
        for (var order = 1; order <= 20; order++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"OBR|{order}||F{order}^LAB|T{order}^Test^L|||20260704090000|||||||||||||||||||F\n");
            for (var result = 1; result <= (order == 20 ? 16 : 7) && results < 149; result++, results++)
            {
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $"OBX|{result}|NM|R{result}^Result^L||{result}|mg/dL|||||F\n");
            }
        }

        var outcome = Demo.Translate(text.ToString());

        Assert.Equal(149, outcome.All("Observation").Count);
        Assert.Equal(20, outcome.All("DiagnosticReport").Count);
        Assert.Equal(149, outcome.All("DiagnosticReport").Sum(report => report["result"].Count));
        Assert.Equal(149, outcome.All("Observation").Select(observation => observation["id"].AsString()).Distinct().Count());
    }

    [Fact]
    public void Identical_results_under_one_order_stay_two()
    {
        const string result = "OBX|1|NM|K^Potassium^L|1|4|mmol/L|||||F\n";
        var outcome = Demo.Translate(Head + Order + result + result);

        Assert.Equal(2, outcome.All("Observation").Select(observation => observation["id"].AsString()).Distinct().Count());
    }

    [Fact]
    public void Ids_depend_on_the_business_key_the_source_and_the_key_only()
    {
        const string result = "OBX|1|NM|K^Potassium^L||4|mmol/L|||||P\n";
        var first = Demo.Translate(Head + Order + result);
        var corrected = Demo.Translate(Head.Replace("|M1|", "|M2|", StringComparison.Ordinal) + Order + result.Replace("||4|", "||5|", StringComparison.Ordinal).Replace("|P\n", "|C\n", StringComparison.Ordinal));
        var elsewhere = Demo.Translate(Head + Order + result, Demo.Context with { Source = "other" });

        Assert.Equal(first.One("Observation")["id"].AsString(), corrected.One("Observation")["id"].AsString());
        Assert.Equal(first.One("DiagnosticReport")["id"].AsString(), corrected.One("DiagnosticReport")["id"].AsString());
        Assert.NotEqual(first.One("Observation")["id"].AsString(), elsewhere.One("Observation")["id"].AsString());
        Assert.NotEqual(first.One("MessageHeader")["id"].AsString(), corrected.One("MessageHeader")["id"].AsString());
        Assert.True(Guid.TryParse(first.One("Observation")["id"].AsString(), out _));
    }

    [Fact]
    public void An_identified_patient_bears_the_id_given()
    {
        var outcome = Demo.Translate(Head + Order, Demo.Context with { PatientId = "pat-1" });

        Assert.Equal("pat-1", outcome.One("Patient")["id"].AsString());
        Assert.Equal("Patient/pat-1", outcome.One("DiagnosticReport")["subject"]["reference"].AsString());
    }

    [Fact]
    public void A_practitioner_named_twice_is_one_resource()
    {
        var outcome = Demo.Translate(Head + "PV1|1|I|||||1002^Order^Olive^^^Dr\n" + Order);

        Assert.Equal($"Practitioner/{outcome.One("Practitioner")["id"].AsString()}", outcome.One("Encounter")["participant"][0]["individual"]["reference"].AsString());
    }

    [Fact]
    public void A_local_code_gains_LOINC_and_keeps_the_original_and_an_unknown_one_is_reported()
    {
        var outcome = Demo.Translate(Head + Order + "OBX|1|NM|K^Potassium^L||4|mmol/L|||||F\nOBX|2|NM|ZZ9^House special^L||4|furlong|||||F\n");
        var coding = outcome.All("Observation")[0]["code"]["coding"];

        Assert.Equal("K", coding[0]["code"].AsString());
        Assert.Equal(("http://loinc.org", "2823-3"), (coding[1]["system"].AsString(), coding[1]["code"].AsString()));
        Assert.Equal(1, outcome.All("Observation")[1]["code"]["coding"].Count);
        Assert.Contains(outcome.Findings, finding => finding.Rule == "terminology.code-unmapped" && finding.Location.ToString() == "OBX[2]-3");
        Assert.Contains(outcome.Findings, finding => finding.Rule == "terminology.unit-unmapped" && finding.Location.ToString().StartsWith("OBX[2]-6", StringComparison.Ordinal));
        Assert.Equal("furlong", outcome.All("Observation")[1]["valueQuantity"]["unit"].AsString());
    }

    [Fact]
    public void A_unit_is_what_the_site_s_table_says_then_UCUM_if_it_is_and_text_otherwise()
    {
        var outcome = Demo.Translate(Head + Order + "OBX|1|NM|K^Potassium^L||4|MMOL/L^^UCUM|||||F\nOBX|2|NM|K^Potassium^L||4|mmols^^UCUM|||||F\nOBX|3|NM|K^Potassium^L||4|umol/L^^UCUM|||||F\nOBX|4|NM|WBC^Leukocytes^L||4|K/uL^^UCUM|||||F\nOBX|5|NM|K^Potassium^L||4|mmol/kg^^UCUM|||||F\n");
        var units = outcome.All("Observation").Select(observation => observation["valueQuantity"]).Select(value => (value["unit"].AsString(), value["code"].AsString(), value["system"].AsString())).ToList();

        Assert.Equal([("MMOL/L", "mmol/L", "http://unitsofmeasure.org"), ("mmols", null, null), ("umol/L", "umol/L", "http://unitsofmeasure.org"), ("K/uL", "10*3/uL", "http://unitsofmeasure.org"), ("mmol/kg", "mmol/kg", "http://unitsofmeasure.org")], units);
        Assert.StartsWith("OBX[2]-6", Assert.Single(outcome.Findings, finding => finding.Rule == "terminology.unit-unmapped").Location.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("20260704090000", "2026-07-04T09:00:00-04:00", null)]
    [InlineData("202601040900", "2026-01-04T09:00:00-05:00", null)]
    [InlineData("20260704090000.25+0200", "2026-07-04T09:00:00.25+02:00", null)]
    [InlineData("202607", "2026-07", null)]
    [InlineData("20261101013000", "2026-11-01T01:30:00-05:00", "hl7.date-time.dst-ambiguous")]
    [InlineData("20260308023000", "2026-03-08T02:30:00-05:00", "hl7.date-time.dst-skipped")]
    public void A_time_gets_the_offset_of_its_source(string sent, string expected, string? rule)
    {
        var outcome = Demo.Translate(Head + Order + $"OBX|1|NM|K^Potassium^L||4|mmol/L|||||F|||{sent}\n");

        Assert.Equal(expected, outcome.One("Observation")["effectiveDateTime"].AsString());
        Assert.Equal(rule is not null, outcome.Findings.Any(finding => finding.Rule == rule && finding.Location.ToString() == "OBX-14"));
    }

    [Theory]
    [InlineData("SN", ">^100", "\"valueQuantity\":{\"value\":100,\"comparator\":\">\",\"unit\":\"mg/dL\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"mg/dL\"}")]
    [InlineData("SN", "^1^:^128", "\"valueRatio\":{\"numerator\":{\"value\":1,\"unit\":\"mg/dL\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"mg/dL\"},\"denominator\":{\"value\":128,\"unit\":\"mg/dL\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"mg/dL\"}}")]
    [InlineData("SN", "^2^-^4", "\"valueRange\":{\"low\":{\"value\":2,\"unit\":\"mg/dL\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"mg/dL\"},\"high\":{\"value\":4,\"unit\":\"mg/dL\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"mg/dL\"}}")]
    [InlineData("SN", "^2^+", "\"valueString\":\"2 + mg/dL\"")]
    [InlineData("TM", "2231", "\"valueTime\":\"22:31:00\"")]
    [InlineData("DT", "20260704", "\"valueDateTime\":\"2026-07-04\"")]
    [InlineData("XX", "what ever", "\"valueString\":\"what ever\"")]
    [InlineData("ED", "^application^pdf^Base64^JVBERi0=", "\"valueAttachment\":{\"contentType\":\"application/pdf\",\"data\":\"JVBERi0=\"}")]
    public void A_value_goes_where_its_type_says(string type, string sent, string expected)
    {
        var outcome = Demo.Translate(Head + Order + $"OBX|1|{type}|K^Potassium^L||{sent}|mg/dL|||||F\n");

        Assert.Contains(expected, outcome.Json("Observation"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_status_that_means_nothing_never_passes_for_final()
    {
        var outcome = Demo.Translate(Head + "OBR|1||F1^LAB|BMP^Panel^L\nOBX|1|NM|K^Potassium^L||4|mmol/L|||||?\n");

        Assert.Equal("unknown", outcome.One("Observation")["status"].AsString());
        Assert.Equal("unknown", outcome.One("DiagnosticReport")["status"].AsString());
    }

    [Fact]
    public void Fields_that_no_rule_reads_are_named()
    {
        var outcome = Demo.Translate(Head + Order + "OBX|1|NM|K^Potassium^L||4|mmol/L|||||F||secret check\nZLB|1|local\n");

        Assert.Contains("OBX-13", outcome.Unread);
        Assert.Contains("ZLB-2", outcome.Unread);
        Assert.DoesNotContain("OBX-5", outcome.Unread);
        Assert.DoesNotContain("PID-3", outcome.Unread);
    }

    [Fact]
    public void Segments_far_out_of_place_still_find_their_group()
    {
        var outcome = Demo.Translate(Head + Order + "OBX|1|NM|K^Potassium^L||4|mmol/L|||||F\nPV1|1|I||||||||||||||||||V1\n");

        Assert.Equal($"Patient/{outcome.One("Patient")["id"].AsString()}", outcome.One("Encounter")["subject"]["reference"].AsString());
        Assert.Equal($"Encounter/{outcome.One("Encounter")["id"].AsString()}", outcome.One("Observation")["encounter"]["reference"].AsString());
    }

    [Fact]
    public void Two_patients_in_one_message_keep_their_results()
    {
        var outcome = Demo.Translate(Head + Order + "OBX|1|NM|K^Potassium^L||4|mmol/L|||||F\nPID|2||P2^^^ELSEWHERE^MR||Other^Invented\nOBR|1||FL2^LAB|BMP^Panel^L|||||||||||||||||||||F\nOBX|1|NM|K^Potassium^L||5|mmol/L|||||F\n");
        var patients = outcome.All("Patient");

        Assert.Equal(2, patients.Count);
        Assert.Equal($"Patient/{patients[1]["id"].AsString()}", outcome.All("Observation")[1]["subject"]["reference"].AsString());
        Assert.Equal($"Patient/{patients[0]["id"].AsString()}", outcome.All("Observation")[0]["subject"]["reference"].AsString());
    }

    [Fact]
    public void Provenance_names_the_message_the_maps_and_the_tables()
    {
        var provenance = Demo.Translate(Head + Order).Json("Provenance");

        Assert.Contains("\"value\":\"message 1\"", provenance, StringComparison.Ordinal);
        Assert.Contains(Demo.Maps.Version, provenance, StringComparison.Ordinal);
        Assert.Contains(Demo.Maps.TerminologyVersion, provenance, StringComparison.Ordinal);
    }

    [Fact]
    public void Endless_repetitions_notes_and_misplaced_segments_cost_no_quadratic_time()
    {
        var text = new StringBuilder(Head + Order);
        text.Append("OBX|1|CWE|X^Organisms^L||").AppendJoin('~', Enumerable.Repeat("1^a^L", 50_000)).Append("||||||F\n");
        text.Insert(text.Length, "NTE|1||note\n", 1_500);
        for (var i = 0; i < 2_500; i++)
        {
            text.Append("OBR|1\nOBX|1|NM|K||4\nPV1|1|I\n");
        }

        using var translation = Demo.Translator.Translate(Demo.Parse(text.ToString()), Demo.Context);

        Assert.Equal(2_501, translation.Resources.Count(resource => resource.Type == "DiagnosticReport"));
        Assert.Equal(2_501, translation.Resources.Count(resource => resource.Type == "Observation"));
    }

    [Fact]
    public void Findings_and_ToString_never_show_a_value()
    {
        var outcome = Demo.Translate(Head.Replace("19700101", "SECRETDATE", StringComparison.Ordinal) + Order);
        using var translation = Demo.Translator.Translate(Demo.Parse(Head + Order), Demo.Context);

        Assert.DoesNotContain(outcome.Findings, finding => finding.ToString().Contains("SECRET", StringComparison.Ordinal));
        Assert.DoesNotContain("Sample", $"{translation} {translation.Resources[0]} {Demo.Context}", StringComparison.Ordinal);
    }
}
