using System.Text;
using Isthmus.Mapping.Language;

namespace Isthmus.Mapping.Tests;

public sealed class MapInheritanceTests
{
    private const string Person = "PID|1||P1^^^A~P2^^^B||Sample^Invented||19700101|F|||||^PRN^PH^^1^555^0100~^PRN^CP^^1^555^0101|||M\n";

    [Fact]
    public void Own_rules_come_before_the_inherited_ones_and_the_rest_stays()
    {
        var patient = Patient("""{ map: PID-Patient, extends: PID-Patient, rules: [{ to: gender, value: other }] }""");

        Assert.Contains("\"gender\":\"other\"", patient, StringComparison.Ordinal);
        Assert.Contains("\"birthDate\":\"1970-01-01\"", patient, StringComparison.Ordinal);
    }

    [Fact]
    public void A_constant_beside_an_inherited_element_is_written_once_per_repetition()
    {
        var patient = Patient("""{ map: PID-Patient, extends: PID-Patient, rules: [{ from: PID-3, to: "identifier[2].use", value: official, when: PID-3.4 = A }] }""");

        Assert.Equal(1, Occurrences(patient, "\"use\":\"official\""));
        Assert.Equal(2, Occurrences(patient, "\"value\":\"P"));
    }

    [Fact]
    public void A_constant_takes_the_place_of_an_inherited_one()
    {
        var patient = Patient("""{ map: PID-Patient, extends: PID-Patient, rules: [{ from: PID-19, to: "identifier[4].system", value: "https://example.test/national-id" }] }""", Person.TrimEnd() + "|||123\n");

        Assert.Contains("\"system\":\"https://example.test/national-id\"", patient, StringComparison.Ordinal);
        Assert.DoesNotContain("us-ssn", patient, StringComparison.Ordinal);
    }

    [Fact]
    public void Inherited_rules_are_dropped_by_target_and_by_row()
    {
        var patient = Patient("""{ map: PID-Patient, extends: PID-Patient, drop: [gender, "telecom[1]", row 10], rules: [] }""");

        Assert.DoesNotContain("gender", patient, StringComparison.Ordinal);
        Assert.DoesNotContain("telecom", patient, StringComparison.Ordinal);
        Assert.DoesNotContain("birthDate\":", patient, StringComparison.Ordinal);
        Assert.Contains("identifier", patient, StringComparison.Ordinal);
    }

    [Fact]
    public void A_map_may_extend_another_under_its_own_name_and_is_then_beside_it()
    {
        var loaded = Load("""
            version: 1.0.0
            maps:
              - { map: Own-Patient, extends: PID-Patient, drop: [gender], rules: [] }
            """);

        Assert.Empty(loaded.Faults);
    }

    [Fact]
    public void What_is_extended_or_dropped_must_be_there_and_fit()
    {
        var faults = Load("""
            version: 1.0.0
            maps:
              - { map: A, extends: NONE }
              - { map: B, extends: PID-Patient, drop: [sex] }
              - { map: C, extends: PID-Patient, segment: NK1 }
              - { map: D, extends: E }
              - { map: E, extends: D }
            """).Faults;

        Assert.Equal(
            [(MapRules.Parent, 3), (MapRules.Drop, 4), (MapRules.Parent, 5), (MapRules.Circle, 6)],
            faults.Where(fault => fault.Rule != MapRules.Type).Select(fault => (fault.Rule, fault.Line)));
    }

    [Fact]
    public void A_fault_in_an_inherited_rule_names_the_file_where_it_stands()
    {
        var loaded = Demo.Load(Demo.Files()
            .Append(("maps/a.yaml", Encoding.UTF8.GetBytes("version: 1\nmap: A\nsegment: PID\nresource: Patient\nrules:\n  - { from: PID-8, to: sex }\n")))
            .Append(("maps/b.yaml", Encoding.UTF8.GetBytes("version: 1\nmap: B\nextends: A\n"))));

        Assert.All(loaded.Faults, fault => Assert.Equal(("maps/a.yaml", 6), (fault.Path, fault.Line)));
        Assert.NotEmpty(loaded.Faults);
    }

    [Fact]
    public void A_rule_over_a_Z_segment_that_no_message_has_a_place_for_is_refused_with_its_line()
    {
        var faults = Load("""
            version: 1.0.0
            maps:
              - map: PID-Patient
                extends: PID-Patient
                rules:
                  - { from: ZPI-3, to: "name[9].text" }
              - map: ZPI-Patient
                segment: ZPI
                resource: Patient
                rules:
                  - { from: ZPI-4, to: "name[8].text" }
            messages:
              - message: ADT_A01
                extends: ADT_A01
                segments:
                  - { segment: ZPI, in: message, map: ZPI-Patient, into: patient }
            """).Faults;

        Assert.Equal([(MapRules.Group, 6), (MapRules.Group, 16)], faults.OrderBy(fault => fault.Line).Select(fault => (fault.Rule, fault.Line)));
    }

    [Fact]
    public void A_Z_segment_that_adds_gives_a_place_is_read()
    {
        var loaded = Load("""
            version: 1.0.0
            maps:
              - { map: PID-Patient, extends: PID-Patient, rules: [{ from: ZPI-3, to: "name[9].text" }] }
            messages:
              - message: ADT_A01
                extends: ADT_A01
                adds: [{ in: message, after: EVN, has: [ZPI] }]
            """);

        Assert.Empty(loaded.Faults);
        using var translation = new Translator(loaded.Maps!).Translate(Demo.Parse("MSH|^~\\&|ADT||||||ADT^A01|1|P|2.5.1\nEVN|A01\nZPI|||Invented\nPID|1||P1^^^A\n"), Demo.Context);
        Assert.Contains("\"text\":\"Invented\"", Encoding.UTF8.GetString(translation.Resources.Single(resource => resource.Type == "Patient").Json.Span), StringComparison.Ordinal);
    }

    private static string Patient(string map, string person = Person)
    {
        var loaded = Load($"version: 1.0.0\nmaps: [{map}]\n");
        Assert.Empty(loaded.Faults);
        using var translation = new Translator(loaded.Maps!).Translate(Demo.Parse("MSH|^~\\&|LAB||||||ORU^R01|1|P|2.5.1\n" + person), Demo.Context);
        return Encoding.UTF8.GetString(translation.Resources.Single(resource => resource.Type == "Patient").Json.Span);
    }

    private static int Occurrences(string text, string part) => text.Split(part).Length - 1;

    private static MapLoadResult Load(string yaml) => Demo.Load(Demo.Files().Append(("maps/test.yaml", Encoding.UTF8.GetBytes(yaml))));
}
