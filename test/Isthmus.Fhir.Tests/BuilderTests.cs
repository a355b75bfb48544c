using System.Text;
using System.Text.Json;
using Isthmus.Fhir.Schema;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;

namespace Isthmus.Fhir.Tests;

public sealed class BuilderTests
{
    [Fact]
    public void A_resource_grows_in_any_order()
    {
        var builder = new FhirBuilder(nodes: 2, text: 4);
        var patient = builder.Resource("Patient"u8);
        builder.Set(patient, "name[0].family", "Bo\"ck");
        builder.Set(patient, "birthDate", "1970-01-01");
        builder.Set(patient, "name[0].given[0]", "Ada");
        builder.Set(patient, "name[1].text", "second");

        Assert.Equal(
            "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"Bo\\\"ck\",\"given\":[\"Ada\"]},{\"text\":\"second\"}],\"birthDate\":\"1970-01-01\"}",
            Encoding.UTF8.GetString(FhirJsonWriter.ToBytes(builder.Element(patient))));
    }

    [Theory]
    [InlineData(64 * 1024)]
    [InlineData(0)]
    public void A_text_is_written_as_JSON_wherever_an_odd_character_stands(int room)
    {
        foreach (var odd in new[] { "\"", "\\", "\u0001", "\n", "\u001f", "é", "\u007f", "x" })
        {
            for (var length = 0; length < 70; length++)
            {
                for (var at = 0; at <= length; at += 1 + (length / 9))
                {
                    var text = new string('a', at) + odd + new string('b', length - at);
                    var builder = new FhirBuilder(nodes: 4, text: room);
                    var patient = builder.Resource("Patient"u8);
                    builder.Set(patient, "language", text);

                    using var read = JsonDocument.Parse(FhirJsonWriter.ToBytes(builder.Element(patient)));
                    Assert.Equal(text, read.RootElement.GetProperty("language").GetString());
                }
            }
        }
    }

    [Fact]
    public void A_property_may_stand_under_two_parents_with_one_text()
    {
        var builder = new FhirBuilder(nodes: 2, text: 4);
        var patient = builder.Resource("Patient"u8);
        var family = builder.String(builder.Item(patient, FhirNames.IdOf("name"u8)), FhirNames.IdOf("family"u8), "Sample"u8);
        var before = builder.Tape.ToString();
        builder.Again(builder.Item(patient, FhirNames.IdOf("name"u8)), family);

        Assert.Equal(
            "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"Sample\"},{\"family\":\"Sample\"}]}",
            Encoding.UTF8.GetString(FhirJsonWriter.ToBytes(builder.Element(patient))));
        Assert.Equal(before.Split(", ")[1], builder.Tape.ToString().Split(", ")[1]);
    }

    [Fact]
    public void A_reset_builder_starts_empty()
    {
        var builder = new FhirBuilder();
        builder.Set(builder.Resource("Patient"u8), "id", "one");
        builder.Reset();
        var second = builder.Resource("Encounter"u8);

        Assert.Equal("{\"resourceType\":\"Encounter\"}", Encoding.UTF8.GetString(FhirJsonWriter.ToBytes(builder.Element(second))));
    }

    [Fact]
    public void A_removed_element_is_not_written()
    {
        var builder = new FhirBuilder();
        var root = builder.Resource("Patient"u8);
        var first = builder.Item(root, FhirNames.IdOf("name"));
        builder.String(first, "family", "one");
        builder.String(builder.Item(root, FhirNames.IdOf("name")), "family", "two");
        builder.Remove(first);

        Assert.Equal("two", builder.Element(root)["name"][0]["family"].AsString());
        Assert.Equal(1, builder.Element(root)["name"].Count);
    }

    [Fact]
    public void A_sibling_and_control_characters_are_written()
    {
        var builder = new FhirBuilder();
        var root = builder.Resource("Patient"u8);
        builder.String(builder.Object(root, FhirNames.IdOf("birthDate"), sibling: true), "id", "a\u0001\tb");

        Assert.Equal("{\"resourceType\":\"Patient\",\"_birthDate\":{\"id\":\"a\\u0001\\tb\"}}", Encoding.UTF8.GetString(FhirJsonWriter.ToBytes(builder.Element(root))));
    }

    [Fact]
    public void A_name_that_R4_lacks_is_refused()
    {
        var builder = new FhirBuilder();

        Assert.Throws<ArgumentException>(() => builder.Set(builder.Resource("Patient"u8), "nickname", "x"));
    }

    [Fact]
    public void The_definitions_know_cardinality_choice_and_inheritance()
    {
        var observation = FhirSchema.R4.Type("Observation")!;

        Assert.True(observation.Element("category")!.Repeats);
        Assert.Equal(("Quantity", "value"), (observation.Element("valueQuantity")!.Type, observation.Element("valueQuantity")!.Choice));
        Assert.Equal("Extension", observation.Element("extension")!.Type);
        Assert.Null(observation.Element("value"));
        Assert.Equal("Observation.referenceRange", FhirSchema.R4.Type("Observation.component")!.Element("referenceRange")!.Type);
        Assert.True(FhirSchema.R4.Type("positiveInt")!.IsPrimitive);
    }
}
