using System.Text;
using Isthmus.Mapping.Language;

namespace Isthmus.Mapping.Tests;

public sealed class LoadCheckTests
{
    private const string Tables = """
        # table: wrong
        # kind: vocabulary
        # version: 1.0.0
        vocabulary,code,target,system,display
        WrongSex,F,female,,
        WrongSex,X,divers,,
        """;

    [Theory]
    [InlineData("version: 1\nmaps: scalar", 2)]
    [InlineData("version: 1\nmaps: { map: A }", 2)]
    [InlineData("version: 1\nmaps: [text]", 2)]
    [InlineData("version: [1]\nmaps: []", 1)]
    [InlineData("version: 1\nmap: [A]", 2)]
    [InlineData("version: 1\nmap: A\nsegment: PID\nresource: Patient\nrules: none", 5)]
    [InlineData("version: 1\nmap: A\nsegment: PID\nresource: Patient\nrules:\n  - { from: { a: b }, to: gender, value: male }", 6)]
    [InlineData("version: 1\nmap: A\nsegment: PID\nresource: Patient\nrules:\n  - { from: PID-8, to: [gender], as: text }", 6)]
    [InlineData("version: 1\nmap: A\nsegment: PID\nresource: Patient\nrules:\n  - { from: PID-7, to: birthDate, when: [PID-8 valued] }", 6)]
    [InlineData("version: 1\nmessage: ADT_Z01\nstructure: MSH", 3)]
    [InlineData("version: 1\nmessage: ADT_Z01\ndefault: yes\nstructure: [MSH]", 3)]
    [InlineData("version: 1\nmessage: ADT_Z01\nextends: ADT_A01\nadds: [{ in: message, has: ZPI }]", 4)]
    [InlineData("version: 1\nmessage: ADT_Z01\nextends: ADT_A01\nsegments: { segment: PID }", 4)]
    [InlineData("version: 1\nfeed: test\nfrom: csv\nheader: maybe\ncolumns: [a]", 4)]
    [InlineData("version: 1\nsystems: own\ncodingSystems: [A]", 3)]
    [InlineData("version: 1\ndirection: v2\nmaps: scalar", 3)]
    [InlineData("version: 1\ndirection: v2\nmap: A\nresource: Patient\nsegment: PID\nrules:\n  - { from: { a: b }, to: PID-8 }", 7)]
    [InlineData("version: 1\ndirection: v2\nmessage: ADT_Z01\nevents: { Z01: [A] }\nstructure:\n  - segment: MSH", 4)]
    [InlineData("version: 1\ndirection: v2\nmessage: ADT_Z01\nevents: Z01\nrank: high\nstructure:\n  - segment: MSH", 5)]
    [InlineData("version: 1\ndirection: v2\nmessage: ADT_Z01\nevents: Z01\nstructure:\n  - segment: MSH\n    fill: Context-MSH", 7)]
    public void What_has_another_shape_than_the_language_is_a_fault_with_its_line(string yaml, int line)
    {
        var loaded = Demo.Load(Demo.Files().Append(("maps/shape.yaml", Encoding.UTF8.GetBytes(yaml))));

        Assert.Contains(loaded.Faults, fault => (fault.Rule, fault.Path, fault.Line) == (MapRules.Yaml, "maps/shape.yaml", line));
    }

    [Fact]
    public void Who_refers_without_saying_to_what_is_a_fault_when_maps_are_loaded()
    {
        var faults = Demo.Load(Demo.Files().Append(("maps/shape.yaml", Encoding.UTF8.GetBytes(
            "version: 1\ndirection: v2\nmessage: ADT_Z01\nevents: Z01\nstructure:\n  - segment: MSH\n  - { segment: PID, each: Account, as: account, by: subject }")))).Faults;

        Assert.Contains(faults, fault => (fault.Rule, fault.Line) == (MapRules.MissingKey, 7));
    }

    [Theory]
    [InlineData("{ from: PID-99, to: birthDate }", MapRules.SourceUnknown)]
    [InlineData("{ from: XYZ-1, to: birthDate }", MapRules.SourceUnknown)]
    [InlineData("{ from: PID-5.99, to: \"name[1].text\" }", MapRules.SourceUnknown)]
    [InlineData("{ from: PID-7, to: birthDate, when: PID-99 valued }", MapRules.SourceUnknown)]
    [InlineData("{ from: PID-8, to: gender, code: WrongSex }", MapRules.Binding)]
    [InlineData("{ to: gender, value: divers }", MapRules.Binding)]
    [InlineData("{ to: \"contact[1].gender\", value: divers }", MapRules.Binding)]
    [InlineData("{ from: PID-3, to: \"identifier[1].use\", value: usal }", MapRules.Binding)]
    [InlineData("{ to: active, value: yes }", MapRules.Constant)]
    [InlineData("{ to: multipleBirthInteger, value: two }", MapRules.Constant)]
    [InlineData("{ from: PID-7, to: birthDate, when: PID-8 = F and PID-8 = M }", MapRules.Impossible)]
    [InlineData("{ from: PID-7, to: birthDate, when: PID-8 in (F) and PID-8.1 not in (F) }", MapRules.Impossible)]
    [InlineData("{ from: PID-7, to: birthDate, when: PID-8 valued and (PID-8 not valued or PID-8.1 = \"\" and not (PID-8.1 = \"\")) }", MapRules.Impossible)]
    [InlineData("{ from: PID-7, to: birthDate, when: made(gender) and not made(gender) }", MapRules.Impossible)]
    [InlineData("{ from: PID-7, to: birthDate, when: \"coded(PID-8, WrongSex) = female and coded(PID-8, WrongSex) = divers\" }", MapRules.Impossible)]
    [InlineData("{ from: PID-7, to: birthDate, when: \"coded(PID-8, NoTable) = female\" }", MapRules.Vocabulary)]
    [InlineData("{ from: PID-7, to: birthDate, when: \"coded(PID-8, WrongSex) in (female, male)\" }", MapRules.Vocabulary)]
    [InlineData("{ from: PID-7, to: birthDate, when: \"before(PID-7, PID-99)\" }", MapRules.SourceUnknown)]
    [InlineData("{ from: PID-7, to: birthDate, when: \"before(PID-7)\" }", MapRules.Condition)]
    public void A_rule_that_cannot_be_right_is_refused_with_its_line(string rule, string expected)
    {
        var faults = FaultsOf($"""
            version: 1.0.0
            map: PID-Test
            segment: PID
            resource: Patient
            rules:
              - {rule}
            """);

        Assert.Contains((expected, 6, "maps/test.yaml"), faults.Select(fault => (fault.Rule, fault.Line, fault.Path)));
    }

    [Theory]
    [InlineData("PID-8 = F or PID-8 = M")]
    [InlineData("PID-8 = F and PID-7 valued and not (PID-8 = M)")]
    [InlineData("PID-5 valued and PID-5.1 not valued")]
    [InlineData("PID-8 not in (F, M) and PID-8 != A")]
    [InlineData("coded(PID-8, WrongSex) not in (female) and before(PID-7, MSH-7)")]
    public void A_condition_that_can_hold_is_no_fault(string when) =>
        Assert.Empty(FaultsOf($"version: 1\nmap: T\nsegment: PID\nresource: Patient\nrules:\n  - {{ from: PID-7, to: birthDate, when: \"{when}\" }}\n"));

    [Fact]
    public void A_rule_behind_a_constant_or_its_own_like_is_never_heard()
    {
        var faults = FaultsOf("""
            version: 1.0.0
            map: PID-Test
            segment: PID
            resource: Patient
            rules:
              - { to: gender, value: unknown }
              - { from: PID-8, to: gender, code: AdministrativeSex }
              - { from: PID-7, to: birthDate, when: PID-8 = F }
              - { from: PID-7, to: birthDate, when: PID-8 = F }
            """);

        Assert.Equal([(MapRules.Unreachable, 7), (MapRules.Unreachable, 9)], faults.Select(fault => (fault.Rule, fault.Line)));
    }

    [Fact]
    public void A_map_writes_only_what_its_profile_has()
    {
        const string Map = """
            version: 1.0.0
            map: CQ-Test
            datatype: CQ
            type: Quantity
            profile: http://hl7.org/fhir/StructureDefinition/SimpleQuantity
            rules:
              - { from: CQ.1, to: value }
              - { from: CQ.2.1, to: comparator }
            """;

        Assert.Equal((MapRules.Profile, 8), Assert.Single(FaultsOf(Map).Select(fault => (fault.Rule, fault.Line))));
        Assert.Equal((MapRules.Profile, 1), Assert.Single(FaultsOf(Map.Replace("/SimpleQuantity", "/none", StringComparison.Ordinal)).Select(fault => (fault.Rule, fault.Line))));
    }

    [Fact]
    public void Z_segments_and_fields_are_the_senders_own() =>
        Assert.Empty(FaultsOf("version: 1\nmap: T\nsegment: PID\nresource: Patient\nrules:\n  - { from: ZPI-77.5, to: birthDate }\n"));

    private static IReadOnlyList<MapFault> FaultsOf(string yaml) =>
        Demo.Load(Demo.Files().Append(("maps/test.yaml", Encoding.UTF8.GetBytes(yaml))).Append(("terminology/test.csv", Encoding.UTF8.GetBytes(Tables)))).Faults;
}
