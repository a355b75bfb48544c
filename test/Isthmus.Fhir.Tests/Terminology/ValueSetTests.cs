using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Terminology;

namespace Isthmus.Fhir.Tests.Terminology;

public sealed class ValueSetTests
{
    private static readonly TerminologySet R4 = TerminologySet.Of(DefinitionSet.R4);

    [Fact]
    public void A_published_value_set_answers_over_bytes()
    {
        var gender = R4.ValueSet("http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1");
        Assert.True(gender.IsClosed);
        Assert.Equal(4, gender.Count);
        Assert.Equal(Membership.Yes, gender.Contains("http://hl7.org/fhir/administrative-gender"u8, "female"u8));
        Assert.Equal(Membership.No, gender.Contains("http://hl7.org/fhir/administrative-gender"u8, "Female"u8));
        Assert.Equal(Membership.No, gender.Contains("http://example.org/other"u8, "female"u8));
        Assert.Equal(Membership.Yes, gender.ContainsCode("unknown"u8));
        Assert.Equal(Membership.No, gender.ContainsCode(""u8));
    }

    [Fact]
    public void A_look_up_allocates_nothing()
    {
        var gender = R4.ValueSet("http://hl7.org/fhir/ValueSet/administrative-gender");
        var units = R4.ValueSet("http://hl7.org/fhir/ValueSet/ucum-units");
        units.ContainsCode("mg/dL"u8);
        R4.HasCode("http://loinc.org"u8, "2345-7"u8);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            gender.Contains("http://hl7.org/fhir/administrative-gender"u8, "female"u8);
            gender.ContainsCode("nothing"u8);
            units.ContainsCode("mg/dL"u8);
            R4.HasCode("http://loinc.org"u8, "2345-7"u8);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData("""{"include":[{"system":"http://sample.example/animals"}]}""", "animal mammal dog cat bird owl parrot nocturnal")]
    [InlineData("""{"include":[{"system":"http://sample.example/animals","concept":[{"code":"cat"},{"code":"dog"}]}]}""", "cat dog")]
    [InlineData("""{"include":[{"system":"http://sample.example/animals","filter":[{"property":"concept","op":"is-a","value":"bird"}]}]}""", "bird owl parrot")]
    [InlineData("""{"include":[{"system":"http://sample.example/animals","filter":[{"property":"concept","op":"descendent-of","value":"animal"}]}]}""", "mammal dog cat bird owl parrot")]
    [InlineData("""{"include":[{"system":"http://sample.example/animals","filter":[{"property":"concept","op":"is-not-a","value":"mammal"}]}]}""", "animal bird owl parrot nocturnal")]
    [InlineData("""{"include":[{"system":"http://sample.example/animals","filter":[{"property":"concept","op":"generalizes","value":"owl"}]}]}""", "animal bird owl nocturnal")]
    [InlineData("""{"include":[{"system":"http://sample.example/animals","filter":[{"property":"code","op":"regex","value":"[cd].*"}]}]}""", "dog cat")]
    [InlineData("""{"include":[{"system":"http://sample.example/animals","filter":[{"property":"code","op":"in","value":"owl, dog,unicorn"}]}]}""", "dog owl")]
    [InlineData("""{"include":[{"system":"http://sample.example/animals","filter":[{"property":"legs","op":"not-in","value":"4,6"}]}]}""", "animal mammal bird owl parrot nocturnal")]
    [InlineData("""{"include":[{"system":"http://sample.example/animals","filter":[{"property":"legs","op":"=","value":"2"}]}]}""", "owl parrot")]
    [InlineData("""{"include":[{"system":"http://sample.example/animals","filter":[{"property":"legs","op":"exists","value":"false"}]}]}""", "animal mammal bird nocturnal")]
    [InlineData("""{"include":[{"system":"http://sample.example/animals","filter":[{"property":"parent","op":"=","value":"nocturnal"}]}]}""", "owl")]
    [InlineData("""{"include":[{"system":"http://sample.example/animals","filter":[{"property":"legs","op":"exists","value":"true"},{"property":"concept","op":"is-a","value":"mammal"}]}]}""", "dog cat")]
    [InlineData("""{"include":[{"system":"http://sample.example/animals","filter":[{"property":"concept","op":"is-a","value":"unicorn"}]}]}""", "")]
    [InlineData("""{"include":[{"system":"http://sample.example/animals"}],"exclude":[{"system":"http://sample.example/animals","filter":[{"property":"concept","op":"is-a","value":"animal"}]}]}""", "nocturnal")]
    [InlineData("""{"inactive":false,"include":[{"system":"http://sample.example/animals","filter":[{"property":"concept","op":"is-a","value":"mammal"}]}]}""", "mammal dog")]
    [InlineData("""{"include":[{"system":"http://sample.example/animals","concept":[{"code":"cat"}]},{"system":"http://other.example","concept":[{"code":"x"}]}]}""", "cat x")]
    [InlineData("""{"include":[{"valueSet":["http://sample.example/vs/birds"]}]}""", "bird owl parrot")]
    [InlineData("""{"include":[{"valueSet":["http://sample.example/vs/birds","http://sample.example/vs/night"]}]}""", "owl")]
    [InlineData("""{"include":[{"system":"http://sample.example/animals","filter":[{"property":"legs","op":"=","value":"2"}],"valueSet":["http://sample.example/vs/night"]}]}""", "owl")]
    [InlineData("""{"include":[{"valueSet":["http://sample.example/vs/birds"]}],"exclude":[{"valueSet":["http://sample.example/vs/night"]}]}""", "bird parrot")]
    public void A_composition_lists_its_codes(string compose, string expected)
    {
        var birds = Sample.ValueSet("birds", """{"include":[{"system":"http://sample.example/animals","filter":[{"property":"concept","op":"is-a","value":"bird"}]}]}""");
        var night = Sample.ValueSet("night", """{"include":[{"system":"http://sample.example/animals","filter":[{"property":"concept","op":"descendent-of","value":"nocturnal"}]}]}""");
        Assert.Equal(expected, string.Join(' ', Sample.Codes(compose, birds, night)));
    }

    [Fact]
    public void What_is_not_here_is_unknown_and_never_no()
    {
        var terminology = Sample.With(
            Sample.ValueSet("snomed", """{"include":[{"system":"http://snomed.info/sct","filter":[{"property":"concept","op":"is-a","value":"404684003"}]},{"system":"http://loinc.org","concept":[{"code":"2345-7"}]}],"exclude":[{"system":"http://snomed.info/sct","concept":[{"code":"1"}]}]}"""),
            Sample.ValueSet("imports", """{"include":[{"valueSet":["http://nowhere.example/vs"]}]}"""),
            Sample.ValueSet("part", """{"include":[{"system":"http://sample.example/part"}]}"""),
            Sample.ValueSet("below", """{"include":[{"system":"http://sample.example/part","filter":[{"property":"concept","op":"is-a","value":"a"}]}]}"""),
            Sample.ValueSet("beside", """{"include":[{"system":"http://sample.example/part","filter":[{"property":"concept","op":"is-not-a","value":"a"}]}]}"""),
            """{"resourceType":"CodeSystem","url":"http://sample.example/part","status":"active","content":"fragment","concept":[{"code":"a","concept":[{"code":"a1"}]},{"code":"c"}]}""");
        var snomed = terminology.ValueSet(Sample.Url("snomed"));
        Assert.Equal(Membership.Unknown, snomed.Has("http://snomed.info/sct", "22298006"));
        Assert.Equal(Membership.No, snomed.Has("http://snomed.info/sct", "1"));
        Assert.Equal(Membership.Yes, snomed.Has("http://loinc.org", "2345-7"));
        Assert.Equal(Membership.No, snomed.Has("http://loinc.org", "2345-8"));
        Assert.Equal(Membership.No, snomed.Has("http://other.example", "2345-7"));
        Assert.Contains(snomed.Findings, finding => finding is { Rule: "fhir.terminology.code-system-incomplete", Subject: "http://snomed.info/sct" });

        Assert.Equal(Membership.Unknown, terminology.ValueSet(Sample.Url("imports")).Has("http://any.example", "x"));
        Assert.Equal(Membership.Unknown, terminology.ValueSet("http://nowhere.example/vs").ContainsCode("x"u8));
        Assert.Equal("fhir.terminology.value-set-unknown", terminology.ValueSet("http://nowhere.example/vs").Findings[0].Rule);

        var part = terminology.ValueSet(Sample.Url("part"));
        Assert.Equal(Membership.Yes, part.Has("http://sample.example/part", "a"));
        Assert.Equal(Membership.Unknown, part.Has("http://sample.example/part", "b"));

        // That c stands below a may be said in the part that is missing.
        Assert.Equal(Membership.Yes, terminology.ValueSet(Sample.Url("below")).Has("http://sample.example/part", "a1"));
        Assert.Equal(Membership.Unknown, terminology.ValueSet(Sample.Url("below")).Has("http://sample.example/part", "c"));
        Assert.Equal(Membership.Unknown, terminology.ValueSet(Sample.Url("beside")).Has("http://sample.example/part", "c"));
    }

    [Fact]
    public void A_pinned_version_that_is_not_here_is_unknown()
    {
        var terminology = Sample.With(
            Sample.Animals,
            Sample.ValueSet("two", """{"include":[{"system":"http://sample.example/animals","version":"2"}]}"""),
            Sample.ValueSet("three", """{"include":[{"system":"http://sample.example/animals","version":"3"}]}"""));
        Assert.Equal(Membership.Yes, terminology.ValueSet(Sample.Url("two")).Has(Sample.System, "dog"));
        Assert.Equal(Membership.Unknown, terminology.ValueSet(Sample.Url("three")).Has(Sample.System, "dog"));
        Assert.Equal("fhir.terminology.code-system-version-unknown", Assert.Single(terminology.ValueSet(Sample.Url("three")).Findings).Rule);
    }

    [Theory]
    [InlineData("http://hl7.org/fhir/ValueSet/ucum-units", "http://unitsofmeasure.org", "mg/dL", Membership.Yes)]
    [InlineData("http://hl7.org/fhir/ValueSet/ucum-units", "http://unitsofmeasure.org", "mgdl", Membership.No)]
    [InlineData("http://hl7.org/fhir/ValueSet/all-time-units", "http://unitsofmeasure.org", "min", Membership.Yes)]
    [InlineData("http://hl7.org/fhir/ValueSet/all-time-units", "http://unitsofmeasure.org", "mg", Membership.No)]
    [InlineData("http://hl7.org/fhir/ValueSet/mimetypes", "urn:ietf:bcp:13", "application/fhir+json; fhirVersion=4.0", Membership.Yes)]
    [InlineData("http://hl7.org/fhir/ValueSet/mimetypes", "urn:ietf:bcp:13", "json", Membership.Yes)]
    [InlineData("http://hl7.org/fhir/ValueSet/mimetypes", "urn:ietf:bcp:13", "image / png", Membership.No)]
    [InlineData("http://hl7.org/fhir/ValueSet/all-languages", "urn:ietf:bcp:47", "en", Membership.Yes)]
    [InlineData("http://hl7.org/fhir/ValueSet/all-languages", "urn:ietf:bcp:47", "de-AT-1901", Membership.Yes)]
    [InlineData("http://hl7.org/fhir/ValueSet/all-languages", "urn:ietf:bcp:47", "zh-Hant-TW-u-co-stroke", Membership.Yes)]
    [InlineData("http://hl7.org/fhir/ValueSet/all-languages", "urn:ietf:bcp:47", "xx", Membership.No)]
    [InlineData("http://hl7.org/fhir/ValueSet/all-languages", "urn:ietf:bcp:47", "english", Membership.No)]
    [InlineData("http://hl7.org/fhir/ValueSet/all-languages", "urn:ietf:bcp:47", "en_US", Membership.No)]
    [InlineData("http://hl7.org/fhir/ValueSet/all-languages", "urn:ietf:bcp:47", "en-ZZ", Membership.Unknown)]
    [InlineData("http://hl7.org/fhir/ValueSet/all-languages", "urn:ietf:bcp:47", "x-ours", Membership.Unknown)]
    [InlineData("http://hl7.org/fhir/ValueSet/all-languages", "urn:ietf:bcp:47", "", Membership.No)]
    [InlineData("http://hl7.org/fhir/ValueSet/currencies", "urn:iso:std:iso:4217", "EUR", Membership.Yes)]
    [InlineData("http://hl7.org/fhir/ValueSet/currencies", "urn:iso:std:iso:4217", "DEM", Membership.Yes)]
    [InlineData("http://hl7.org/fhir/ValueSet/currencies", "urn:iso:std:iso:4217", "euro", Membership.No)]
    [InlineData("http://hl7.org/fhir/ValueSet/iso3166-1-3", "urn:iso:std:iso:3166", "FRA", Membership.Yes)]
    [InlineData("http://hl7.org/fhir/ValueSet/iso3166-1-3", "urn:iso:std:iso:3166", "FR", Membership.No)]
    [InlineData("http://hl7.org/fhir/ValueSet/iso3166-1-N", "urn:iso:std:iso:3166", "250", Membership.Yes)]
    [InlineData("http://hl7.org/fhir/ValueSet/observation-codes", "http://loinc.org", "2345-7", Membership.Unknown)]
    public void External_systems_are_checked_as_far_as_a_grammar_or_list_goes(string valueSet, string system, string code, Membership expected)
    {
        var set = R4.ValueSet(valueSet);
        Assert.Equal(expected, set.Has(system, code));
        Assert.Equal(expected, set.ContainsCode(System.Text.Encoding.UTF8.GetBytes(code)));
    }

    [Fact]
    public void A_code_system_that_ignores_case_does()
    {
        var terminology = Sample.With(
            """{"resourceType":"CodeSystem","url":"http://sample.example/ci","status":"active","content":"complete","caseSensitive":false,"concept":[{"code":"AbC"}]}""",
            Sample.ValueSet("ci", """{"include":[{"system":"http://sample.example/ci"}]}"""));
        Assert.Equal(Membership.Yes, terminology.ValueSet(Sample.Url("ci")).Has("http://sample.example/ci", "aBC"));
        Assert.Equal(Membership.Yes, terminology.ValueSet(Sample.Url("ci")).ContainsCode("ABC"u8));
        Assert.Equal(Membership.No, terminology.ValueSet(Sample.Url("ci")).ContainsCode("ABCD"u8));
    }

    [Fact]
    public void A_coding_without_a_system_is_at_best_unknown()
    {
        var gender = R4.ValueSet("http://hl7.org/fhir/ValueSet/administrative-gender");
        Assert.Equal(Membership.Unknown, gender.Contains([], "male"u8));
        Assert.Equal(Membership.No, gender.Contains([], "m"u8));
    }

    [Fact]
    public void A_stored_expansion_answers_what_cannot_be_evaluated()
    {
        var terminology = Sample.With(Sample.ValueSet(
            "stored",
            """{"include":[{"system":"http://snomed.info/sct","filter":[{"property":"concept","op":"is-a","value":"1"}]}]}""",
            ""","expansion":{"timestamp":"2026-01-01","contains":[{"abstract":true,"contains":[{"system":"http://snomed.info/sct","code":"2","display":"Two"}]}]}"""));
        var stored = terminology.ValueSet(Sample.Url("stored"));
        Assert.Equal(Membership.Yes, stored.Has("http://snomed.info/sct", "2"));
        Assert.Equal(Membership.Unknown, stored.Has("http://snomed.info/sct", "3"));
        Assert.Contains(stored.Findings, finding => finding.Rule == "fhir.terminology.expansion-stored");
    }

    [Fact]
    public void A_supplement_that_is_asked_for_and_not_here_is_told()
    {
        var terminology = Sample.With(Sample.Animals, Sample.ValueSet(
            "french",
            """{"include":[{"system":"http://sample.example/animals"}]}""",
            ""","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/valueset-supplement","valueCanonical":"http://sample.example/animals-fr"}]"""));
        var french = terminology.ValueSet(Sample.Url("french"));
        Assert.Equal("fhir.terminology.supplement-unknown", Assert.Single(french.Findings).Rule);
        Assert.Equal(Membership.Yes, french.Has(Sample.System, "dog"));
    }

    [Fact]
    public void Every_published_value_set_compiles()
    {
        var closed = 0;
        var all = 0;
        foreach (var resource in DefinitionSet.R4.All("ValueSet"))
        {
            var set = R4.ValueSet(resource["url"].AsString()!);
            all++;
            closed += set.IsClosed ? 1 : 0;
            Assert.True(set.IsClosed || set.Findings.Count > 0 || set.Contains("urn:x"u8, "x"u8) == Membership.No);
        }

        Assert.True(all > 1300, $"{all}");
        Assert.True(closed > 1200, $"{closed}");
    }
}
