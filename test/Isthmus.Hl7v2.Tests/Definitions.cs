namespace Isthmus.Hl7v2.Tests;

public class Definitions
{
    [Fact]
    public void A_field_is_described_over_all_versions()
    {
        var field = Hl7Definitions.Segment("PID")!.Field(3)!;

        Assert.Equal("Patient Identifier List", field.Name);
        Assert.True(field.Repeats);
        Assert.Equal(["CX", "CM", "CK"], field.DataType.Values);
        Assert.Equal("CK", field.DataType.In(Hl7Version.V21));
        Assert.Equal("CX", field.DataType.In(Hl7Version.V251));
        Assert.Equal(Hl7Usage.Required, field.Usage.Newest);
        Assert.Equal("0001", Hl7Definitions.Segment("PID")!.Field(8)!.Table);
        Assert.Equal(Hl7Usage.Withdrawn, Hl7Definitions.Segment("PID")!.Field(19)!.Usage.In(Hl7Version.V27));
        Assert.Null(Hl7Definitions.Segment("PID")!.Field(41));
        Assert.Null(Hl7Definitions.Segment("ZPD"));
    }

    [Theory]
    [InlineData("CX", 4, 2, true)]
    [InlineData("CX", 4, 4, false)]
    [InlineData("CX", 13, 0, false)]
    [InlineData("ST", 1, 1, true)]
    [InlineData("ST", 2, 0, false)]
    [InlineData("VARIES", 9, 9, true)]
    public void A_datatype_has_its_components_and_no_others(string type, int component, int subcomponent, bool allowed) =>
        Assert.Equal(allowed, Hl7Definitions.Allows(type, component, subcomponent));

    [Theory]
    [InlineData("ADT", "A04", null, "ADT_A01")]
    [InlineData("ADT", "A28", "", "ADT_A05")]
    [InlineData("ADT", "A08", "ADT_A01", "ADT_A01")]
    [InlineData("ADT", "A08", "ORU_R01", "ADT_A01")]
    [InlineData("ADT", "A08", "ADT_A99", "ADT_A01")]
    [InlineData("ORU", null, null, "ORU_R01")]
    [InlineData("ACK", "A01", null, "ACK")]
    [InlineData("SIU", "S26", null, "SIU_S12")]
    [InlineData("ZZZ", "Z01", null, null)]
    [InlineData("ADT", "Z01", null, null)]
    public void A_structure_is_found_without_its_name(string code, string? trigger, string? declared, string? expected) =>
        Assert.Equal(expected, Hl7Definitions.StructureName(code, trigger, declared));

    [Fact]
    public void A_structure_has_the_groups_of_its_version()
    {
        var old = Hl7Definitions.Structure("ORU_R01", Hl7Version.V23)!;
        var now = Hl7Definitions.Structure("ORU_R01")!;

        Assert.False(old.Knows("SPM"));
        Assert.True(now.Knows("SPM"));
        var result = now.Parts.Single(part => part.Name == "PATIENT_RESULT");
        Assert.True(result is { IsGroup: true, IsRequired: true, Repeats: true });
        Assert.Equal(["PATIENT", "ORDER_OBSERVATION"], result.Parts.Select(part => part.Name));
    }

    [Fact]
    public void Every_name_in_the_data_has_its_definition()
    {
        var types = Hl7Definitions.Segments.SelectMany(segment => segment.Fields).SelectMany(field => field.DataType.Values)
            .Concat(Hl7Definitions.DataTypes.SelectMany(type => type.Components).SelectMany(part => part.DataType.Values));
        Assert.All(types.Distinct(), type => Assert.NotNull(Hl7Definitions.DataType(type)));

        foreach (var name in Hl7Definitions.Structures)
        {
            foreach (var version in Enum.GetValues<Hl7Version>())
            {
                Assert.All(SegmentsOf(Hl7Definitions.Structure(name, version)!.Parts), segment => Assert.NotNull(Hl7Definitions.Segment(segment)));
            }
        }
    }

    [Fact]
    public void Fields_and_components_are_numbered_without_gaps()
    {
        Assert.All(Hl7Definitions.Segments, segment => Assert.Equal(Enumerable.Range(1, segment.Fields.Count), segment.Fields.Select(field => field.Number)));
        Assert.All(Hl7Definitions.DataTypes, type => Assert.Equal(Enumerable.Range(1, type.Components.Count), type.Components.Select(part => part.Number)));
    }

    [Theory]
    [InlineData("2.5.1", Hl7Version.V251)]
    [InlineData(" 2.3 ", Hl7Version.V23)]
    [InlineData("2.3.2", Hl7Version.V23)]
    public void A_version_is_read_as_MSH_12_writes_it(string text, Hl7Version expected)
    {
        Assert.True(Hl7Versions.TryParse(text, out var version));
        Assert.Equal(expected, version);
        Assert.False(Hl7Versions.TryParse("3.0", out _));
        Assert.False(Hl7Versions.TryParse("", out _));
    }

    private static IEnumerable<string> SegmentsOf(IEnumerable<Hl7StructurePart> parts) =>
        parts.SelectMany(part => part.IsGroup ? SegmentsOf(part.Parts) : part.Segments);
}
