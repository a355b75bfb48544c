using System.Text;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Json;
using Isthmus.Fhir.Terminology;

namespace Isthmus.Fhir.Tests.Terminology;

public sealed class OperationTests
{
    private const string Supplement = """
        {"resourceType":"CodeSystem","url":"http://sample.example/animals-fr","status":"active","content":"supplement","supplements":"http://sample.example/animals|2",
         "concept":[{"code":"dog","designation":[{"language":"fr","value":"Chien"}],"property":[{"code":"sound","valueString":"ouaf"}]}]}
        """;

    [Fact]
    public void A_look_up_gives_what_the_system_and_its_supplements_say()
    {
        var dog = ConceptLookup.Of(Sample.With(Sample.Animals, Supplement), Sample.System, "dog");
        Assert.Equal((Membership.Yes, "Animals", "2", "Dog", "Barks"), (dog.Found, dog.SystemName, dog.Version, dog.Display, dog.Definition));
        Assert.Equal(["mammal"], dog.Parents);
        Assert.Equal(["Hund", "Chien"], dog.Designations.Select(designation => designation.Value));
        Assert.Equal([new ConceptProperty("legs", "4"), new ConceptProperty("sound", "ouaf")], dog.Properties);
        Assert.Equal(["http://sample.example/animals-fr"], dog.Supplements);
        Assert.Equal("fhir.terminology.supplement-used", Assert.Single(dog.Findings).Rule);
    }

    [Fact]
    public void A_look_up_tells_absent_from_unknown()
    {
        var terminology = Sample.With(Sample.Animals);
        Assert.Equal(Membership.No, ConceptLookup.Of(terminology, Sample.System, "unicorn").Found);
        Assert.Equal(Membership.Unknown, ConceptLookup.Of(terminology, "http://loinc.org", "2345-7").Found);
        Assert.Equal(Membership.Yes, ConceptLookup.Of(terminology, "http://unitsofmeasure.org", "mmol/L").Found);
    }

    [Theory]
    [InlineData("animal", "dog", SubsumptionOutcome.Subsumes)]
    [InlineData("owl", "nocturnal", SubsumptionOutcome.SubsumedBy)]
    [InlineData("dog", "dog", SubsumptionOutcome.Equivalent)]
    [InlineData("dog", "bird", SubsumptionOutcome.NotSubsumed)]
    [InlineData("dog", "unicorn", SubsumptionOutcome.Unknown)]
    public void Codes_of_a_system_stand_to_each_other(string first, string second, SubsumptionOutcome expected) =>
        Assert.Equal(expected, Subsumption.Of(Sample.With(Sample.Animals), Sample.System, first, second).Outcome);

    [Fact]
    public void A_hierarchy_of_parts_says_nothing_of_kinds()
    {
        var terminology = Sample.With("""
            {"resourceType":"CodeSystem","url":"http://sample.example/parts","status":"active","content":"complete","hierarchyMeaning":"part-of","concept":[{"code":"car","concept":[{"code":"wheel"}]}]}
            """);
        var found = Subsumption.Of(terminology, "http://sample.example/parts", "car", "wheel");
        Assert.Equal(SubsumptionOutcome.Unknown, found.Outcome);
        Assert.Equal("fhir.terminology.hierarchy-not-is-a", Assert.Single(found.Findings).Rule);
    }

    [Fact]
    public void A_display_that_differs_is_a_finding_and_no_refusal()
    {
        var terminology = Sample.With(Sample.Animals, Sample.ValueSet("all", """{"include":[{"system":"http://sample.example/animals"}]}"""));
        var set = terminology.ValueSet(Sample.Url("all"));
        Assert.Empty(CodeValidation.Of(terminology, set, Sample.System, "dog", " dOG ").Findings);
        Assert.Empty(CodeValidation.Of(terminology, set, Sample.System, "dog", "Hund").Findings);
        var other = CodeValidation.Of(terminology, set, Sample.System, "dog", "Cat");
        Assert.Equal((Membership.Yes, "Dog"), (other.Result, other.Display));
        Assert.Equal("fhir.terminology.display-differs", Assert.Single(other.Findings).Rule);
        Assert.Equal(Membership.Yes, CodeValidation.Of(terminology, set, null, "dog", "Dog").Result);
    }

    [Theory]
    [InlineData("""{"coding":[{"system":"http://x.example","code":"dog"},{"system":"http://sample.example/animals","code":"dog"}]}""", Membership.Yes, null)]
    [InlineData("""{"coding":[{"system":"http://x.example","code":"dog"}]}""", Membership.No, "fhir.terminology.code-not-in-value-set")]
    [InlineData("""{"coding":[{"code":"dog"}]}""", Membership.Unknown, "fhir.terminology.system-missing")]
    [InlineData("""{"coding":[{"system":"http://sample.example/animals","version":"9","code":"unicorn"}]}""", Membership.Unknown, "fhir.terminology.code-system-version-unknown")]
    [InlineData("""{"coding":[{"system":"http://sample.example/animals","version":"2","code":"unicorn"}]}""", Membership.No, "fhir.terminology.code-not-in-value-set")]
    [InlineData("""{"text":"a dog"}""", Membership.No, "fhir.terminology.code-missing")]
    [InlineData("""{"coding":[{"system":"http://sample.example/animals"}]}""", Membership.No, "fhir.terminology.code-missing")]
    public void A_codeable_concept_is_in_by_its_best_coding(string json, Membership expected, string? rule)
    {
        var terminology = Sample.With(Sample.Animals, Sample.ValueSet("all", """{"include":[{"system":"http://sample.example/animals"}]}"""));
        var concept = FhirJsonReader.ReadJson(Encoding.UTF8.GetBytes(json)).Root;
        var found = CodeValidation.OfConcept(terminology, terminology.ValueSet(Sample.Url("all")), concept);
        Assert.Equal(expected, found.Result);
        Assert.Equal(expected, CodeValidation.OfElement(terminology, terminology.ValueSet(Sample.Url("all")), concept).Result);
        Assert.Equal(rule, found.Findings.Select(finding => finding.Rule).LastOrDefault());
    }

    [Fact]
    public void An_expansion_pages_filters_and_tells_what_is_missing()
    {
        var terminology = Sample.With(Sample.Animals, Supplement, Sample.ValueSet("open", """{"include":[{"system":"http://sample.example/animals"},{"system":"http://snomed.info/sct"}]}"""));
        var set = terminology.ValueSet(Sample.Url("open"));
        var page = Expansion.Of(terminology, set, new ExpansionRequest { Filter = "ma", Offset = 1, Count = 1 });
        Assert.Equal((2, false), (page.Total, page.IsComplete));
        Assert.Equal(new ExpandedCode(Sample.System, "mammal", "Mammal", false, false), Assert.Single(page.Codes));
        Assert.Equal(
            ["fhir.terminology.code-system-incomplete", "fhir.terminology.supplement-used", "fhir.terminology.expansion-incomplete"],
            page.Findings.Select(finding => finding.Rule));
        Assert.True(Expansion.Of(terminology, set, new ExpansionRequest()).Codes.Single(code => code.Code == "animal").IsAbstract);
        Assert.DoesNotContain(Expansion.Of(terminology, set, new ExpansionRequest { ActiveOnly = true }).Codes, code => code.Code == "cat");
    }

    [Fact]
    public void A_published_map_translates_both_ways()
    {
        var terminology = TerminologySet.Of(DefinitionSet.R4);
        var there = Translation.Of(terminology, new TranslationRequest("http://hl7.org/fhir/address-use", "work") { Map = "http://hl7.org/fhir/ConceptMap/101" });
        Assert.Equal((Membership.Yes, "WP"), (there.Result, Assert.Single(there.Matches).Code));
        var back = Translation.Of(terminology, new TranslationRequest("http://terminology.hl7.org/CodeSystem/v3-AddressUse", "WP") { Map = "http://hl7.org/fhir/ConceptMap/101", Reverse = true });
        Assert.Equal("work", Assert.Single(back.Matches).Code);
        Assert.Contains(Translation.Of(terminology, new TranslationRequest("http://hl7.org/fhir/address-use", "work")).Matches, match => match.Map == "http://hl7.org/fhir/ConceptMap/101");
        Assert.Equal(Membership.Unknown, Translation.Of(terminology, new TranslationRequest("http://nowhere.example", "x")).Result);
    }

    [Fact]
    public void What_a_map_does_not_name_goes_where_it_says()
    {
        var terminology = Sample.With(
            Map("a", """[{"code":"1","target":[{"code":"one","equivalence":"narrower"}]},{"code":"2","target":[{"equivalence":"unmatched"}]}]""", """{"mode":"other-map","url":"http://sample.example/map/b"}"""),
            Map("b", """[{"code":"3","target":[{"code":"three","equivalence":"equal"}]}]""", """{"mode":"other-map","url":"http://sample.example/map/a"}"""),
            Map("c", "[]", """{"mode":"fixed","code":"other"}"""),
            Map("d", "[]", """{"mode":"provided"}"""));
        Assert.Equal("one", Code("a", "1"));
        Assert.Equal("three", Code("a", "3"));
        Assert.Equal("other", Code("c", "1"));
        Assert.Equal("1", Code("d", "1"));
        Assert.Equal(Membership.No, Translate("a", "2").Result);
        var lost = Translate("a", "4");
        Assert.Equal(Membership.No, lost.Result);
        Assert.Equal("fhir.terminology.concept-map-cycle", Assert.Single(lost.Findings).Rule);
        Assert.Equal("wider", Assert.Single(Translation.Of(terminology, new TranslationRequest("http://to.example", "one") { Map = "http://sample.example/map/a", Reverse = true }).Matches).Equivalence);

        Translation Translate(string map, string code) => Translation.Of(terminology, new TranslationRequest("http://from.example", code) { Map = "http://sample.example/map/" + map });
        string Code(string map, string code) => Assert.Single(Translate(map, code).Matches).Code;
        static string Map(string name, string elements, string unmapped) =>
            $$"""{"resourceType":"ConceptMap","url":"http://sample.example/map/{{name}}","status":"active","group":[{"source":"http://from.example","target":"http://to.example","element":{{elements}},"unmapped":{{unmapped}}}]}""";
    }
}
