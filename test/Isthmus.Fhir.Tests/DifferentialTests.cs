using System.Text;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;

namespace Isthmus.Fhir.Tests;

public sealed class DifferentialTests
{
    [Fact]
    public void A_slice_begins_as_what_it_divides_and_is_optional()
    {
        var elements = Snapshot("Patient", """{"path":"Patient.identifier","min":1},{"path":"Patient.identifier","sliceName":"mrn","max":"1"},{"path":"Patient.identifier.system","fixedUri":"urn:x"}""");

        Assert.Equal(1, elements["Patient.identifier"]["min"].AsInteger());
        Assert.Equal((0, "1"), (elements["Patient.identifier:mrn"]["min"].AsInteger(), elements["Patient.identifier:mrn"]["max"].AsString()));
        Assert.Equal("urn:x", elements["Patient.identifier:mrn.system"]["fixedUri"].AsString());
        Assert.False(elements.ContainsKey("Patient.identifier.system"));
    }

    [Fact]
    public void A_slice_of_a_slice_begins_as_that_slice_and_stands_behind_it()
    {
        var elements = Snapshot("Patient", """
            {"path":"Patient.identifier","sliceName":"a","max":"3"},{"path":"Patient.identifier","sliceName":"b"},{"path":"Patient.identifier","sliceName":"a/x","min":1}
            """);

        Assert.Equal(["Patient.identifier:a", "Patient.identifier:a/x", "Patient.identifier:b"], elements.Keys.Where(id => id.StartsWith("Patient.identifier:", StringComparison.Ordinal)));
        Assert.Equal((1, "3"), (elements["Patient.identifier:a/x"]["min"].AsInteger(), elements["Patient.identifier:a/x"]["max"].AsString()));
    }

    [Fact]
    public void An_id_leads_to_a_slice_that_the_differential_does_not_repeat()
    {
        var elements = Snapshot("http://hl7.org/fhir/StructureDefinition/bp", """{"id":"Observation.component:SystolicBP.interpretation","path":"Observation.component.interpretation","min":1}""");

        Assert.Equal(1, elements["Observation.component:SystolicBP.interpretation"]["min"].AsInteger());
        Assert.Equal(0, elements["Observation.component.interpretation"]["min"].AsInteger());
    }

    [Fact]
    public void Children_are_pulled_in_through_a_content_reference()
    {
        var elements = Snapshot("Questionnaire", """{"path":"Questionnaire.item.item.item.linkId","short":"the third level"}""");

        Assert.Equal("the third level", elements["Questionnaire.item.item.item.linkId"]["short"].AsString());
        Assert.True(elements["Questionnaire.item.item.item.item"]["contentReference"].Exists);
        Assert.False(elements["Questionnaire.item.item"]["contentReference"].Exists);
        Assert.Equal("BackboneElement", elements["Questionnaire.item.item"]["type"][0]["code"].AsString());
    }

    [Fact]
    public void Children_are_pulled_in_from_the_profile_of_a_type()
    {
        var elements = Snapshot("Observation", """
            {"path":"Observation.referenceRange.low","type":[{"code":"Quantity","profile":["http://hl7.org/fhir/StructureDefinition/SimpleQuantity"]}]},{"path":"Observation.referenceRange.low.code","min":1}
            """);

        Assert.Equal(1, elements["Observation.referenceRange.low.code"]["min"].AsInteger());
        Assert.Equal("0", elements["Observation.referenceRange.low.comparator"]["max"].AsString());
    }

    [Fact]
    public void A_constraint_is_added_and_a_pattern_replaces_the_one_before()
    {
        var elements = Snapshot("Observation", """
            {"path":"Observation.code","constraint":[{"key":"x-1","severity":"error","human":"h","expression":"true"}],"patternCodeableConcept":{"text":"a"}},{"path":"Observation.code","fixedCodeableConcept":{"text":"b"}},{"path":"Observation.code","patternCodeableConcept":{"text":"c"},"binding":{"strength":"required"}}
            """);

        var code = elements["Observation.code"];
        Assert.Equal(["ele-1", "x-1"], Keys(code));
        Assert.Equal("c", code["patternCodeableConcept"]["text"].AsString());
        Assert.Equal("b", code["fixedCodeableConcept"]["text"].AsString());
        Assert.Equal(("required", "http://hl7.org/fhir/ValueSet/observation-codes"), (code["binding"]["strength"].AsString(), code["binding"]["valueSet"].AsString()));
    }

    [Fact]
    public void A_structure_of_a_profile_of_a_profile_has_what_both_say()
    {
        var below = Structure("http://example.org/below", "Patient", """{"path":"Patient.birthDate","min":1}""");
        var above = Structure("http://example.org/above", "http://example.org/below", """{"path":"Patient.gender","min":1}""");
        var snapshot = ById(DefinitionSet.R4.With(DefinitionPackage.Of("e", "1", [above, below])).FindStructure("http://example.org/above"));

        Assert.Equal((1, 1), (snapshot["Patient.birthDate"]["min"].AsInteger(), snapshot["Patient.gender"]["min"].AsInteger()));
    }

    [Fact]
    public void A_structure_that_builds_on_itself_or_on_nothing_known_is_not_there()
    {
        var set = DefinitionSet.R4.With(DefinitionPackage.Of("e", "1",
        [
            Structure("http://example.org/a", "http://example.org/b", ""), Structure("http://example.org/b", "http://example.org/a", ""), Structure("http://example.org/c", "http://example.org/gone", ""),
        ]));

        Assert.All(new[] { "a", "b", "c" }, name => Assert.False(set.FindStructure("http://example.org/" + name).Exists));
    }

    [Fact]
    public void An_element_that_the_base_does_not_have_is_named()
    {
        var profile = Structure("http://example.org/it", "Patient", """{"id":"Patient.birthdate","path":"Patient.birthdate","min":1},{"path":"Patient.name.vorname","min":1},{"path":"Patient.name.given","min":1}""");
        var set = DefinitionSet.R4.With(DefinitionPackage.Of("e", "1", [profile]));

        Assert.Equal(["Patient.birthdate", "Patient.name.vorname"], set.MisplacedElements("http://example.org/it"));
        Assert.Empty(set.MisplacedElements("http://hl7.org/fhir/StructureDefinition/Patient"));
        Assert.Equal(1, ById(set.FindStructure("http://example.org/it"))["Patient.name.given"]["min"].AsInteger());
    }

    [Fact]
    public void Slices_within_slices_without_end_are_refused()
    {
        var slices = string.Join(',', Enumerable.Range(0, 5000).Select(i => $$"""{"path":"Patient.contact","sliceName":"s{{i}}"}"""));

        Assert.False(DefinitionSet.R4.With(DefinitionPackage.Of("e", "1", [Structure("http://example.org/many", "Patient", slices)])).FindStructure("http://example.org/many").Exists);
    }

    private static Dictionary<string, FhirElement> Snapshot(string parent, string differential)
    {
        var structure = Structure("http://example.org/it", parent, differential);
        return ById(DefinitionSet.R4.With(DefinitionPackage.Of("e", "1", [structure])).FindStructure("http://example.org/it"));
    }

    private static FhirTape Structure(string url, string parent, string differential)
    {
        var parentUrl = parent.Contains(':', StringComparison.Ordinal) ? parent : "http://hl7.org/fhir/StructureDefinition/" + parent;
        var type = parent.StartsWith("http://example.org", StringComparison.Ordinal) ? "Patient" : DefinitionSet.R4.FindStructure(parentUrl)["type"].AsString();
        return FhirJsonReader.Read(Encoding.UTF8.GetBytes(
            $$"""{"resourceType":"StructureDefinition","url":"{{url}}","type":"{{type}}","derivation":"constraint","baseDefinition":"{{parentUrl}}","differential":{"element":[{{differential}}] } }""")).Tape!;
    }

    private static Dictionary<string, FhirElement> ById(FhirElement structure)
    {
        var elements = new Dictionary<string, FhirElement>(StringComparer.Ordinal);
        foreach (var element in structure["snapshot"]["element"])
        {
            elements.Add(element["id"].AsString()!, element);
        }

        return elements;
    }

    private static List<string> Keys(FhirElement element)
    {
        var keys = new List<string>();
        foreach (var constraint in element["constraint"])
        {
            keys.Add(constraint["key"].AsString()!);
        }

        return keys;
    }
}
