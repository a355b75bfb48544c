using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Json;

namespace Isthmus.Fhir.Tests;

public sealed class DefinitionSetTests
{
    [Fact]
    public void Every_published_definition_is_found_by_its_url()
    {
        var count = 0;
        foreach (var type in new[] { "StructureDefinition", "ValueSet", "CodeSystem", "SearchParameter", "ConceptMap", "CompartmentDefinition", "OperationDefinition" })
        {
            foreach (var resource in DefinitionSet.R4.All(type))
            {
                Assert.True(DefinitionSet.R4.Find(resource["url"].AsString()!).Exists);
                Assert.Equal(type, resource.ResourceType);
                count++;
            }
        }

        Assert.InRange(count, 4400, 4600);
    }

    [Fact]
    public void A_structure_is_found_by_type_name_and_by_versioned_url()
    {
        var patient = DefinitionSet.R4.FindStructure("Patient");

        Assert.Equal("Patient.id", patient["snapshot"]["element"][1]["path"].AsString());
        Assert.Equal(patient, DefinitionSet.R4.FindStructure("http://hl7.org/fhir/StructureDefinition/Patient|4.0.1"));
        Assert.False(DefinitionSet.R4.FindStructure("http://hl7.org/fhir/StructureDefinition/Patient|3.0.2").Exists);
        Assert.False(DefinitionSet.R4.FindStructure("http://hl7.org/fhir/ValueSet/administrative-gender").Exists);
        Assert.False(DefinitionSet.R4.Find("http://example.org/unknown").Exists);
    }

    [Fact]
    public void A_package_is_laid_over_what_was_there_and_leaves_it_as_it_was()
    {
        const string Url = "http://hl7.org/fhir/ValueSet/administrative-gender";
        var over = FhirJsonReader.Read("""{"resourceType":"ValueSet","url":"http://hl7.org/fhir/ValueSet/administrative-gender","version":"9.0.0"}"""u8.ToArray()).Tape!;
        var set = DefinitionSet.R4.With(DefinitionPackage.Of("example.over", "1.0.0", [over]));

        Assert.Equal("9.0.0", set.Find(Url)["version"].AsString());
        Assert.Equal("4.0.1", set.Find(Url + "|4.0.1")["version"].AsString());
        Assert.Equal("4.0.1", DefinitionSet.R4.Find(Url)["version"].AsString());
        Assert.Single(set.All("ValueSet"), valueSet => valueSet["url"].AsString() == Url);
    }

    [Fact]
    public void What_is_made_of_a_set_is_made_once()
    {
        var made = 0;
        var set = DefinitionSet.R4.With(DefinitionPackage.Of("example.none", "1.0.0", []));
        Parallel.For(0, 8, _ => set.Cached(_ => new Counted(Interlocked.Increment(ref made))));

        Assert.Equal(1, made);
    }

    private sealed record Counted(int Number);
}
