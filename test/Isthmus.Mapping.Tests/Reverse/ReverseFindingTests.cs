using System.Text;
using Isthmus.Fhir.Json;
using Isthmus.Mapping.Language;
using Isthmus.Mapping.Reverse;

namespace Isthmus.Mapping.Tests.Reverse;

public sealed class ReverseFindingTests
{
    private const string Patient = """{"resourceType":"Patient","id":"p","name":[{"family":"Sample"}]}""";

    [Fact]
    public void A_result_without_a_patient_is_no_message_and_says_so()
    {
        var written = Translate("ORU_R01", """{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"}}""");

        Assert.False(written.IsWritten);
        Assert.Contains(written.Findings, finding => finding is { Rule: "reverse.resource-missing", Location: "Patient" });
    }

    [Fact]
    public void An_admission_of_two_patients_is_no_message_for_the_second_ones_visit_would_be_read_as_the_firsts()
    {
        var written = Translate("ADT_A01", Patient, """{"resourceType":"Patient","id":"q","name":[{"family":"Other"}]}""");

        Assert.False(written.IsWritten);
        Assert.Contains(written.Findings, finding => finding is { Rule: "reverse.resource-several", Location: "Patient" });
    }

    [Fact]
    public void More_repetitions_than_a_field_can_have_are_left_out_and_said()
    {
        var identifiers = string.Join(',', Enumerable.Range(0, 10_001).Select(number => $$"""{"value":"{{number}}"}"""));
        var written = Translate("ADT_A08", $$"""{"resourceType":"Patient","id":"p","identifier":[{{identifiers}}]}""");

        Assert.True(written.IsWritten);
        Assert.Equal(2, written.Findings.Count(finding => finding.Rule == "reverse.values-left"));
    }

    [Fact]
    public void A_patient_alone_is_no_result_but_an_update()
    {
        Assert.Contains(Translate("ORU_R01", Patient).Findings, finding => finding.Rule == "reverse.resource-missing");
        Assert.Equal("ADT_A08", Translate(null, Patient).MessageType);
    }

    [Fact]
    public void What_the_message_cannot_say_is_found_with_its_place_and_without_its_value()
    {
        var written = Translate(
            "ORU_R01",
            Patient,
            """{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p"},"method":{"text":"m"},"valueString":"secret","issued":"2026-01-01T00:00:00Z"}""",
            """{"resourceType":"Goal","id":"g","lifecycleStatus":"active","description":{"text":"secret"},"subject":{"reference":"Patient/p"}}""");

        Assert.True(written.IsWritten);
        Assert.Equal(
            [("reverse.element-unsaid", "Observation[1]/*Observation/o*/.issued"), ("reverse.resource-unplaced", "Goal[2]/*Goal/g*/")],
            written.Findings.Select(finding => (finding.Rule, finding.Location)));
        Assert.Contains("Observation[1]/*Observation/o*/.issued", written.UnreadElements());
        Assert.DoesNotContain(written.Findings, finding => finding.ToString().Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public void A_reference_to_what_is_not_here_is_named_and_what_it_alone_would_say_with_it()
    {
        var written = Translate(
            "ADT_A01",
            Patient,
            """{"resourceType":"Encounter","id":"e","status":"in-progress","class":{"code":"IMP"},"subject":{"reference":"Patient/p"},"participant":[{"type":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ParticipationType","code":"ATND"}]}],"individual":{"reference":"Practitioner/gone"}}],"serviceProvider":{"reference":"Organization/gone"}}""");

        Assert.True(written.IsWritten);
        Assert.Contains(written.Findings, finding => finding is { Rule: "reverse.reference-open", Location: "Encounter[1]/*Encounter/e*/.participant[0].individual" });
        Assert.Contains(written.Findings, finding => finding is { Rule: "reverse.element-unsaid", Location: "Encounter[1]/*Encounter/e*/.participant[0]" });
        Assert.Contains(written.Findings, finding => finding is { Rule: "reverse.reference-open", Location: "Encounter[1]/*Encounter/e*/.serviceProvider" });
    }

    [Fact]
    public void That_one_result_is_derived_from_another_is_told_though_both_are_written()
    {
        var written = Translate(
            "ORU_R01",
            Patient,
            """{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p"},"valueString":"a"}""",
            """{"resourceType":"Observation","id":"q","status":"final","code":{"text":"y"},"subject":{"reference":"Patient/p"},"valueString":"b","derivedFrom":[{"reference":"Observation/o"}]}""");

        Assert.Equal(("reverse.reference-unsaid", "Observation[2]/*Observation/q*/.derivedFrom[0]"), Assert.Single(written.Findings.Select(finding => (finding.Rule, finding.Location))));
    }

    [Fact]
    public void A_resource_that_is_left_out_is_named_with_the_reason()
    {
        const string Other = """{"resourceType":"Observation","id":"far","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/other"},"valueString":"a"}""";
        const string Goal = """{"resourceType":"Goal","id":"g","lifecycleStatus":"active","description":{"text":"x"},"subject":{"reference":"Patient/p"},"expressedBy":{"reference":"Practitioner/who"}}""";
        const string Who = """{"resourceType":"Practitioner","id":"who","name":[{"family":"Doctor"}]}""";
        var bundle = $$"""{"resourceType":"Bundle","type":"collection","entry":[{"resource":{{Patient}}},{"resource":{{Other}}},{"resource":{{Goal}}},{"resource":{{Who}}}]}""";
        var written = RoundTrip.Writer.Translate(FhirJsonReader.Read(Encoding.UTF8.GetBytes(bundle)).Root, RoundTrip.Context, "ADT_A08");

        Assert.Equal(
            [
                ("Bundle.entry[1].resource/*Observation/far*/", ReverseRules.ResourceApart.Message),
                ("Bundle.entry[2].resource/*Goal/g*/", ReverseRules.ResourceUnplaced.Message),
                ("Bundle.entry[3].resource/*Practitioner/who*/", ReverseRules.ResourceReferred.Message),
            ],
            written.Findings.Where(finding => finding.Rule == "reverse.resource-unplaced").Select(finding => (finding.Location, finding.Message)));
    }

    [Fact]
    public void What_is_no_id_never_stands_in_a_location()
    {
        var written = Translate("ADT_A08", Patient, """{"resourceType":"Goal","id":"Ada Invented","lifecycleStatus":"active","description":{"text":"x"},"subject":{"reference":"Patient/p"}}""");

        Assert.Equal("Goal[1]", Assert.Single(written.Findings, finding => finding.Rule == "reverse.resource-unplaced").Location);
    }

    [Fact]
    public void A_name_that_no_map_writes_is_refused()
    {
        Assert.Contains(Translate("ZZZ_Z01", Patient).Findings, finding => finding.Rule == "reverse.message-unknown");
        Assert.Contains(Translate(null, """{"resourceType":"Goal","lifecycleStatus":"active","description":{"text":"x"},"subject":{"display":"x"}}""").Findings, finding => finding.Rule == "reverse.message-unclear");
    }

    [Fact]
    public void What_the_caller_says_of_the_header_comes_before_the_bundle()
    {
        var context = RoundTrip.Context with { ControlId = "42", SendingApplication = "ISTHMUS", ReceivingFacility = "WARD & CO", ProcessingId = "T" };
        var written = RoundTrip.Writer.Translate(FhirJsonReader.Read(Encoding.UTF8.GetBytes(Patient)).Root, context, "ADT_A28");

        Assert.StartsWith("MSH|^~\\&|ISTHMUS|||WARD \\T\\ CO|20261120080000+0000||ADT^A28^ADT_A05|42|T|2.5.1\rEVN|A28|", Encoding.UTF8.GetString(written.Message.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ from: birthdate, to: PID-7 }", MapRules.Expression)]
    [InlineData("{ from: 'birthDate.frist()', to: PID-7 }", MapRules.Expression)]
    [InlineData("{ from: birthDate, to: PID-99 }", MapRules.Target)]
    [InlineData("{ from: birthDate, to: CX.1 }", MapRules.Target)]
    [InlineData("{ each: birthDate, to: PID-7 }", MapRules.TargetKind)]
    [InlineData("{ from: gender, to: PID-8, code: Nonsense }", MapRules.Vocabulary)]
    [InlineData("{ from: gender, to: PID-8, inverse: AdministrativeSex }", MapRules.Ambiguous)]
    [InlineData("{ from: name, to: PID-5, map: HumanName-XPM }", MapRules.MapReference)]
    [InlineData("{ from: gender, to: PID-8, as: upper }", MapRules.Function)]
    [InlineData("{ from: identifier.system, to: PID-3, as: authority }", MapRules.Source)]
    [InlineData("{ from: gender, to: PID-8, value: F, code: Nonsense }", MapRules.Conversion)]
    [InlineData("{ to: PID-8 }", MapRules.MissingKey)]
    public void A_faulty_rule_is_refused_with_its_line(string rule, string expected)
    {
        var faults = MapSet.Load(MapLibrary.Files.Append(("maps/test.yaml", Encoding.UTF8.GetBytes($"""
            version: 1.0.0
            direction: v2
            map: Test-PID
            resource: Patient
            segment: PID
            rules:
              - {rule}
            """)))).Faults;

        var fault = Assert.Single(faults);
        Assert.Equal((expected, 7, "maps/test.yaml"), (fault.Rule, fault.Line, fault.Path));
    }

    [Fact]
    public void A_value_that_another_rule_writes_is_not_said_to_be_left_out()
    {
        var loaded = MapSet.Load(MapLibrary.Files.Append(("maps/test.yaml", Encoding.UTF8.GetBytes("""
            version: 1.0.0
            direction: v2
            map: Patient-PID
            resource: Patient
            segment: PID
            rules:
              - { from: name.given, to: PID-5.2 }
              - { from: "name.given.skip(1)", to: PID-5.3 }
            """))));
        var written = new ReverseTranslator(loaded.Maps!).Translate(
            [Encoding.UTF8.GetBytes("""{"resourceType":"Patient","id":"p","name":[{"given":["A","B","C"]}]}""")], RoundTrip.Context, "ADT_A08");

        Assert.Equal("Patient.name[0].given[2]", Assert.Single(written.Findings, finding => finding.Rule == ReverseRules.ValuesLeft.Rule).Location);
    }

    [Fact]
    public void Messages_of_one_second_have_numbers_of_their_own_and_the_same_message_has_the_same()
    {
        var other = Patient.Replace("Sample", "Other", StringComparison.Ordinal);
        var number = Number(Translate("ADT_A08", Patient));

        Assert.Equal(20, number.Length);
        Assert.Equal(number, Number(Translate("ADT_A08", Patient)));
        Assert.NotEqual(number, Number(Translate("ADT_A08", other)));
        Assert.NotEqual(number, Number(Translate("ADT_A31", Patient)));
    }

    [Theory]
    [InlineData("2.5.1", "A-NUMBER-OF-20-CHARS", true)]
    [InlineData("2.5.1", "0a6d1e7c-3f1b-4d6e-9d0f-2b9d1c1f0a11", false)]
    [InlineData("2.6", "0a6d1e7c-3f1b-4d6e-9d0f-2b9d1c1f0a11", true)]
    public void A_number_stands_as_it_is_where_the_version_has_room_for_it(string version, string given, bool stands)
    {
        var bundle = $$"""{"resourceType":"Bundle","type":"message","identifier":{"value":"{{given}}"},"entry":[{"resource":{{Patient}}}]}""";
        var written = RoundTrip.Writer.Translate(FhirJsonReader.Read(Encoding.UTF8.GetBytes(bundle)).Root, RoundTrip.Context with { Version = version }, "ADT_A08");

        Assert.Equal(stands, Number(written) == given);
        Assert.Equal(!stands, written.Findings.Any(finding => finding.Rule == ReverseRules.NumberShortened.Rule));
        Assert.InRange(Number(written).Length, 1, version == "2.6" ? 199 : 20);
    }

    private static string Number(ReverseTranslation written) => Demo.Parse(written.Message.ToArray()).Msh[10].GetText();

    private static ReverseTranslation Translate(string? type, params string[] resources) =>
        RoundTrip.Writer.Translate(resources.Select(resource => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(resource)), RoundTrip.Context, type);
}
