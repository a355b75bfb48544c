using Isthmus.Hl7v2;

namespace Isthmus.Mapping.Tests;

public sealed class ExplainTests
{
    private static readonly IReadOnlyList<ExplainedElement> Explained = Demo.Translator.Explain(
        Demo.Parse(File.ReadAllBytes(Path.Combine(Demo.Library, "examples", "chemistry.hl7"))), Demo.Context);

    [Fact]
    public void A_coded_element_names_its_field_rule_and_terminology_entry()
    {
        var gender = Assert.Single(Explained, element => element.Path == "Patient.gender");

        Assert.Equal(("PID-8", "Administrative Sex"), (gender.Sources[0].Location.ToString(), gender.Sources[0].Name));
        Assert.Equal(("PID-Patient", "13", "code AdministrativeSex"), (gender.Map, gender.Row, gender.Conversion));
        Assert.Matches(@"^library/hl7v2/PID\.yaml:\d+$", gender.File);
        var term = Assert.Single(gender.Terms);
        Assert.Equal(("AdministrativeSex", "female"), (term.Table, term.Code));
        Assert.Matches(@"^v2-tables \d", term.Version);
    }

    [Fact]
    public void An_element_within_a_datatype_is_explained_by_the_rule_of_the_datatypes_map()
    {
        var family = Explained.First(element => element.Path == "Patient.name[0].family");

        Assert.Equal("XPN-HumanName", family.Map);
        Assert.StartsWith("PID-5.1", family.Sources[0].Location.ToString(), StringComparison.Ordinal);
        Assert.Contains("Patient Name", family.Sources[0].Name, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_element_has_a_rule_and_every_field_that_is_named_is_in_the_message()
    {
        Assert.All(Explained.Where(element => element.Conversion != "id of the value it was made of"), element => Assert.NotEmpty(element.File));
        Assert.All(Explained.SelectMany(element => element.Sources), source => Assert.NotNull(source.Name));
    }

    [Fact]
    public void An_id_and_a_reference_are_explained_by_the_message_map()
    {
        Assert.Contains("id of PID-3", Explained.First(element => element.Path == "Patient.id").Conversion, StringComparison.Ordinal);
        Assert.Equal("reference to patient", Explained.First(element => element.Path == "Observation.subject.reference").Conversion);
    }

    [Fact]
    public void What_is_explained_is_what_is_translated()
    {
        var translated = Demo.Translate(Demo.Parse(File.ReadAllBytes(Path.Combine(Demo.Library, "examples", "chemistry.hl7"))));

        Assert.Equal(translated.Resources.Count, Explained.Select(element => element.Resource).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(translated.One("Patient")["birthDate"].AsString(), Explained.Single(element => element.Path == "Patient.birthDate").Value);
    }

    [Theory]
    [InlineData("PID", 5, 1, 1, "Patient Name, Family Name, Surname")]
    [InlineData("OBX", 3, 0, 0, "Observation Identifier")]
    [InlineData("PID", 0, 0, 0, "Patient Identification")]
    [InlineData("ZZZ", 1, 0, 0, null)]
    public void A_place_has_the_standards_name(string segment, int field, int component, int subcomponent, string? name) =>
        Assert.Equal(name, FieldNames.Of(new Hl7Location(segment, 1, field, 1, component, subcomponent)));
}
