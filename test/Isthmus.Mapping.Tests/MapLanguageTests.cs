using System.Text;
using Isthmus.Mapping.Language;

namespace Isthmus.Mapping.Tests;

public sealed class MapLanguageTests
{
    [Theory]
    [InlineData("{ from: PID5, to: gender }", MapRules.Source)]
    [InlineData("{ from: PID-0, to: gender }", MapRules.Source)]
    [InlineData("{ from: CX.1, to: gender }", MapRules.SourceForeign)]
    [InlineData("{ from: PID-8, to: sex }", MapRules.Target)]
    [InlineData("{ from: PID-8, to: name }", MapRules.TargetKind)]
    [InlineData("{ from: PID-8, to: gender, code: Nonsense }", MapRules.Vocabulary)]
    [InlineData("{ from: PID-8, to: gender, as: upper }", MapRules.Function)]
    [InlineData("{ from: PID-8, to: gender, as: date }", MapRules.TargetKind)]
    [InlineData("{ from: PID-5, to: name, map: XPN-Name }", MapRules.MapReference)]
    [InlineData("{ from: PID-5, to: name, map: CX-Identifier }", MapRules.TargetKind)]
    [InlineData("{ from: PID-5, to: gender, create: XCN-Practitioner }", MapRules.TargetKind)]
    [InlineData("{ from: PID-8, to: gender, when: PID-8 vlued }", MapRules.Condition)]
    [InlineData("{ from: PID-8, to: gender, when: 'PID-8 in (A, B' }", MapRules.Condition)]
    [InlineData("{ from: PID-8, to: gender, code: AdministrativeSex, value: x }", MapRules.Conversion)]
    [InlineData("{ from: PID-8, to: gender, whn: x }", MapRules.UnknownKey)]
    [InlineData("{ to: gender }", MapRules.MissingKey)]
    [InlineData("{ from: PID-5, to: birthDate, text: '{PID-5' }", MapRules.Template)]
    public void A_faulty_rule_is_refused_with_its_line(string rule, string expected)
    {
        var faults = FaultsOf($"""
            version: 1.0.0
            map: PID-Test
            segment: PID
            resource: Patient
            rules:
              - {rule}
            """);

        var fault = Assert.Single(faults);
        Assert.Equal((expected, 6, "maps/test.yaml"), (fault.Rule, fault.Line, fault.Path));
    }

    [Fact]
    public void A_map_that_nests_without_end_is_refused_and_ends_no_process()
    {
        var fault = Assert.Single(FaultsOf("version: " + new string('[', 100_000)));

        Assert.Equal((MapRules.Yaml, 1), (fault.Rule, fault.Line));
    }

    [Theory]
    [InlineData("PID-3 valued and ")]
    [InlineData("not ")]
    [InlineData("( ")]
    public void A_condition_without_end_is_refused_at_once(string again)
    {
        var fault = Assert.Single(FaultsOf($$"""
            version: 1.0.0
            map: PID-Test
            segment: PID
            resource: Patient
            rules:
              - { from: PID-8, to: gender, as: text, when: "{{string.Concat(Enumerable.Repeat(again, 20_000))}}PID-8 valued" }
            """));

        Assert.Equal((MapRules.Condition, 6), (fault.Rule, fault.Line));
    }

    [Fact]
    public void A_second_unconditional_rule_for_one_element_is_refused_and_a_default_is_not()
    {
        var faults = FaultsOf("""
            version: 1.0.0
            map: PID-Test
            segment: PID
            resource: Patient
            rules:
              - { from: PID-7, to: birthDate }
              - { from: PID-8, to: gender, code: AdministrativeSex }
              - { to: gender, value: unknown }
              - { from: PID-29, to: birthDate }
            """);

        var fault = Assert.Single(faults);
        Assert.Equal((MapRules.DuplicateTarget, 9), (fault.Rule, fault.Line));
    }

    [Fact]
    public void Maps_that_call_each_other_in_a_circle_are_refused()
    {
        var faults = FaultsOf("""
            version: 1.0.0
            maps:
              - { map: A, datatype: CWE, resource: Device, rules: [{ from: $this, to: parent, create: B }] }
              - { map: B, datatype: CWE, resource: Device, rules: [{ from: $this, to: parent, create: A }] }
            """);

        Assert.Contains(faults, fault => fault.Rule == MapRules.Circle);
    }

    [Fact]
    public void Every_fault_of_every_file_is_reported_at_once()
    {
        var faults = FaultsOf("""
            version: 1.0.0
            map: PID-Test
            segment: PID
            resource: Pateint
            rules: []
            """).Concat(FaultsOf("map: [")).Concat(FaultsOf("version: 1\nmessage: X\nstructure: [PID]\nreferences: [{ from: a, property: b, to: c }]")).ToList();

        Assert.Contains(faults, fault => fault.Rule == MapRules.Type && fault.Line == 1);
        Assert.Contains(faults, fault => fault.Rule == MapRules.Yaml);
        Assert.Contains(faults, fault => fault.Rule == MapRules.Resource && fault.Line == 4);
    }

    [Fact]
    public void A_terminology_table_states_kind_and_version_and_has_each_code_once()
    {
        Assert.Equal(MapRules.Version, Assert.Single(Terminology("spelling,ucum\nx,y\n")).Rule);
        var twice = Assert.Single(Terminology("# table: t\n# kind: units\n# version: 1\nspelling,ucum\nfurlong,[fur_us]\nfurlong,[fur_us]\n"));
        Assert.Equal((MapRules.DuplicateName, 6), (twice.Rule, twice.Line));
        var wrong = Assert.Single(Terminology("# table: t\n# kind: units\n# version: 1\nspelling,ucum\nMMOL/L,MMOL/L\n"));
        Assert.Equal((MapRules.Terminology, 5), (wrong.Rule, wrong.Line));
    }

    [Fact]
    public void The_version_changes_with_any_byte_of_any_file()
    {
        var changed = Demo.Load(Demo.Files().Select(file => file.Path.EndsWith("units.csv", StringComparison.Ordinal)
            ? (file.Path, (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(file.Bytes.Span) + "furlong,[fur_us]\n"))
            : file));

        Assert.NotNull(changed.Maps);
        Assert.NotEqual(Demo.Maps.Version, changed.Maps.Version);
        Assert.Equal(Demo.Maps.Version, Demo.Load(Demo.Files()).Maps!.Version);
    }

    private static IReadOnlyList<MapFault> FaultsOf(string yaml) =>
        Demo.Load(Demo.Files().Append(("maps/test.yaml", Encoding.UTF8.GetBytes(yaml)))).Faults;

    private static IReadOnlyList<MapFault> Terminology(string csv) =>
        Demo.Load(Demo.Files().Append(("terminology/test.csv", Encoding.UTF8.GetBytes(csv)))).Faults;
}
