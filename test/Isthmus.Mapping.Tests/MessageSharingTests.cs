using System.Text;
using Isthmus.Mapping.Language;

namespace Isthmus.Mapping.Tests;

public sealed class MessageSharingTests
{
    private const string Parts = """
        version: 1.0.0
        parts:
          - part: EX-HEAD
            structure: [MSH, SFT*]
            resources: [{ name: header, type: MessageHeader, per: message, key: [MSH-10] }]
            segments: [{ segment: MSH, in: message, map: MSH-MessageHeader, into: header }]
          - part: EX-PERSON
            structure: [PID, PD1]
            resources: [{ name: patient, type: Patient, per: [PERSON, message], needs: PID, key: [PID-3.1] }]
            segments: [{ segment: PID, in: [PERSON, message], map: PID-Patient, into: patient }]
            references: [{ from: header, property: focus, to: patient }]
          - part: EX-KIN
            structure: [{ group: KIN*, begins: [NK1], has: [NK1] }]
            resources: [{ name: contact, type: RelatedPerson, per: KIN, key: [NK1-2.1] }]
            segments: [{ segment: NK1, in: KIN, map: NK1-RelatedPerson, into: contact }]
            references:
              - { from: contact, property: patient, to: patient, within: [PERSON, message] }
              - { from: visit, property: subject, to: patient }
        messages:
          - { message: EXA_E01, for: [EXA_E02, EXA], bundle: MSH-Bundle, structure: [{ part: EX-HEAD }, { part: EX-PERSON }, { part: EX-KIN }] }
          - { message: EXA_E03, bundle: MSH-Bundle, structure: [{ part: EX-HEAD }, { group: PERSON*, begins: [PID], has: [{ part: EX-PERSON }, { part: EX-KIN }] }] }
          - message: EXA_E04
            extends: EXA_E01
            drop: [KIN]
            adds: [{ in: message, after: PD1, has: [{ group: VISIT, has: [PV1] }] }]
            resources: [{ name: visit, type: Encounter, per: VISIT, key: [PV1-19.1] }]
            segments: [{ segment: PV1, in: VISIT, map: PV1-Encounter, into: visit }]
        """;

    private const string Kin = "PID|1||P1||Sample^Invented\nNK1|1|Sample^Kin|MTH\nPV1|1|I|||||||||||||||||V1\n";

    [Fact]
    public void Parts_give_their_structure_and_items_to_each_message_that_uses_them()
    {
        Assert.Equal(["MessageHeader", "Patient", "RelatedPerson"], Types("EXA^E01", Kin));
        Assert.Equal(["MessageHeader", "Patient", "RelatedPerson", "Patient"], Types("EXA^E03", Kin + "PID|2||P2||Sample^Other\n"));
    }

    [Fact]
    public void What_a_part_names_and_a_message_lacks_is_left_out_but_what_no_message_has_is_a_fault()
    {
        Assert.Empty(Load(Parts).Faults);

        var fault = Assert.Single(Load(Parts.Replace("within: [PERSON, message] }", "within: [PERSON, message] }\n      - { from: nobody, property: subject, to: patient }", StringComparison.Ordinal)).Faults);
        Assert.Equal((MapRules.PartIdle, 18), (fault.Rule, fault.Line));
    }

    [Fact]
    public void A_message_map_that_extends_another_drops_and_adds()
    {
        var translated = Types("EXA^E04", Kin);

        Assert.Equal(["MessageHeader", "Patient", "Encounter"], translated.Where(type => type is not "Practitioner" and not "Location"));
    }

    [Theory]
    [InlineData("EXA^E02", "RelatedPerson")]
    [InlineData("EXA^E99", "RelatedPerson")]
    [InlineData("EXA", "RelatedPerson")]
    [InlineData("EXA^E99^EXA_E04", "Encounter")]
    [InlineData("ZZZ^Z01", "RelatedPerson")]
    public void A_message_takes_the_map_of_its_event_or_structure_or_type_or_the_one_for_any(string type, string expected) =>
        Assert.Contains(expected, Types(type, Kin));

    [Fact]
    public void The_event_may_stand_in_EVN_alone() => Assert.Contains("Encounter", Types("EXA", "EVN|E04\n" + Kin));

    [Fact]
    public void What_is_extended_dropped_or_used_must_be_there()
    {
        var faults = Load("""
            version: 1.0.0
            messages:
              - { message: EXB_E01, extends: EXB_E00 }
              - { message: EXB_E02, extends: ORU_R01, drop: [nothing] }
              - { message: EXB_E03, structure: [MSH, { part: NONE }] }
              - { message: EXB_E04, extends: EXB_E05 }
              - { message: EXB_E05, extends: EXB_E04 }
              - { message: EXB_E06, extends: ORU_R01, adds: [{ in: NOWHERE, has: [ZZZ] }] }
            """).Faults;

        Assert.Equal(
            [(MapRules.Parent, 3), (MapRules.Drop, 4), (MapRules.Part, 5), (MapRules.Circle, 6), (MapRules.Group, 8)],
            faults.Select(fault => (fault.Rule, fault.Line)));
    }

    [Fact]
    public void A_map_of_a_site_that_extends_its_own_name_extends_the_librarys_and_serves_its_events()
    {
        var loaded = Load("""
            version: 1.0.0
            message: ORU_R01
            extends: ORU_R01
            drop: [provenance]
            """);

        Assert.Empty(loaded.Faults);
        Assert.DoesNotContain("Provenance", Types(loaded.Maps!, "ORU^R32", Kin));
        Assert.Contains("RelatedPerson", Types(loaded.Maps!, "ORU^R32", Kin));
    }

    private static readonly Lazy<MapSet> Sharing = new(() => Load(Parts).Maps!);

    private static List<string> Types(string type, string segments) => Types(Sharing.Value, type, segments);

    private static List<string> Types(MapSet maps, string type, string segments)
    {
        using var translation = new Translator(maps).Translate(Demo.Parse($"MSH|^~\\&|LAB||||||{type}|1|P|2.5.1\n{segments}"), Demo.Context);
        return [.. translation.Resources.Select(resource => resource.Type)];
    }

    private static MapLoadResult Load(string yaml) => Demo.Load(Demo.Files().Append(("maps/test.yaml", Encoding.UTF8.GetBytes(yaml))));
}
