using System.Text;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;
using Isthmus.Fhir.Search;
using Isthmus.Fhir.Search.Query;
using Isthmus.Fhir.Terminology;

namespace Isthmus.Fhir.Tests.Search;

public sealed class SearchQueryTests
{
    private const string Patient = """
        {"resourceType":"Patient","id":"p1","meta":{"profile":["http://h.example/p|2"],"tag":[{"system":"urn:t","code":"a"}]},"active":true,"gender":"female",
         "identifier":[{"system":"urn:mrn","value":"17","type":{"coding":[{"system":"urn:types","code":"MR"}],"text":"Medical record"}},{"value":"loose"}],
         "name":[{"family":"Ångström-O'Neil","given":["Zoë","Mary  Ann"]}],"birthDate":"1974-12-25","telecom":[{"system":"phone","value":"555-1"}],
         "generalPractitioner":[{"reference":"Practitioner/d1","identifier":{"system":"urn:npi","value":"9"}},{"reference":"https://other.example/fhir/Organization/o9"}],
         "managingOrganization":{"reference":"Organization/o1/_history/3"},
         "maritalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-MaritalStatus","code":"M","display":"Married"}],"text":"wedded"}}
        """;

    private const string Observation = """
        {"resourceType":"Observation","id":"o","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"2823-3","display":"Potassium"},{"code":"K"}],"text":"Kalium i.S."},
         "subject":{"reference":"Patient/p1"},"effectiveDateTime":"2026-03-01T08:15","issued":"2026-03-01T09:00:00Z",
         "valueQuantity":{"value":5.50,"unit":"mmol/l","system":"http://unitsofmeasure.org","code":"mmol/L"}}
        """;

    private static readonly SearchIndex Index = SearchIndex.Of(DefinitionSet.R4);
    private static readonly TerminologySet Terminology = TerminologySet.Of(DefinitionSet.R4);

    private static readonly SearchSurroundings Surroundings = new()
    {
        Terminology = Terminology, Now = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero), BaseUrl = "https://isthmus.example/fhir",
    };

    // Tokens.
    [Theory]
    [InlineData("gender=female", true)]
    [InlineData("gender=http://hl7.org/fhir/administrative-gender|female", true)]
    [InlineData("gender=male,female", true)]
    [InlineData("gender:not=male", true)]
    [InlineData("gender:not=male,female", false)]
    [InlineData("deceased:not=true", true)]
    [InlineData("active=true", true)]
    [InlineData("identifier=17", true)]
    [InlineData("identifier=urn:mrn|17", true)]
    [InlineData("identifier=urn:mrn|", true)]
    [InlineData("identifier=urn:other|17", false)]
    [InlineData("identifier=|17", false)]
    [InlineData("identifier=|loose", true)]
    [InlineData("identifier:of-type=urn:types|MR|17", true)]
    [InlineData("identifier:of-type=urn:types|PI|17", false)]
    [InlineData("identifier:text=medical", true)]
    [InlineData("phone=555-1", true)]
    [InlineData("_id=p1,p2", true)]
    [InlineData("_id=P1", false)]
    [InlineData("_tag=urn:t|a", true)]
    [InlineData("deceased:missing=true", true)]
    [InlineData("gender:missing=true", false)]
    [InlineData("gender:missing=false", true)]

    // Texts.
    [InlineData("family=ANGSTROM", true)]
    [InlineData("family=angstromo", true)]
    [InlineData("family=oneil", false)]
    [InlineData("family:contains=oneil", true)]
    [InlineData("family:exact=Ångström-O'Neil", true)]
    [InlineData("family:exact=ångström-o'neil", false)]
    [InlineData("given=zoe", true)]
    [InlineData("given=mary ann", true)]
    [InlineData("name=Zoë", true)]
    [InlineData("name=nobody,zo", true)]

    // References and uris.
    [InlineData("general-practitioner=d1", true)]
    [InlineData("general-practitioner=Practitioner/d1", true)]
    [InlineData("general-practitioner:Practitioner=d1", true)]
    [InlineData("general-practitioner:Organization=d1", false)]
    [InlineData("general-practitioner=https://isthmus.example/fhir/Practitioner/d1", true)]
    [InlineData("general-practitioner=https://other.example/fhir/Organization/o9", true)]
    [InlineData("general-practitioner=o9", false)]
    [InlineData("general-practitioner:identifier=urn:npi|9", true)]
    [InlineData("organization=Organization/o1", true)]
    [InlineData("organization=Organization/o1/_history/2", false)]
    [InlineData("organization=Organization/o1/_history/3", true)]
    [InlineData("_profile=http://h.example/p|2", true)]
    [InlineData("_profile:below=http://h.example/p", true)]

    // Dates.
    [InlineData("birthdate=1974-12-25", true)]
    [InlineData("birthdate=1974", true)]
    [InlineData("birthdate=ne1974", false)]
    [InlineData("birthdate=lt1975", true)]
    [InlineData("birthdate=gt1974-12-25", false)]
    [InlineData("birthdate=ge1974-12-25", true)]
    [InlineData("birthdate=le1974-12-25", true)]
    [InlineData("birthdate=sa1974-12-24", true)]
    [InlineData("birthdate=eb1974-12-25", false)]
    [InlineData("birthdate=ap1976", true)]
    [InlineData("birthdate=ap1990", false)]
    [InlineData("birthdate=ge1970&birthdate=le1973", false)]
    public void A_patient_fits(string search, bool fits) => Assert.Equal(fits, Fits(Patient, search));

    [Theory]
    [InlineData("code=2823-3", true)]
    [InlineData("code=http://loinc.org|2823-3", true)]
    [InlineData("code=|K", true)]
    [InlineData("code=|2823-3", false)]
    [InlineData("code:text=kalium", true)]
    [InlineData("code:text=potass", true)]
    [InlineData("code:text=sodium", false)]
    [InlineData("patient=p1", true)]
    [InlineData("patient=Patient/p1", true)]
    [InlineData("patient:Patient=p1", true)]
    [InlineData("subject=Group/p1", false)]
    [InlineData("date=2026-03-01", true)]
    [InlineData("date=2026-03-01T08:15", true)]
    [InlineData("date=2026-03-01T08:15:30Z", false)]
    [InlineData("date=ge2026-03-01T08:15:30Z", true)]
    [InlineData("date=lt2026-03-01T08:15:00Z", false)]
    [InlineData("date=2026-03-01T09:15:00+01:00", false)]
    [InlineData("value-quantity=5.5", true)]
    [InlineData("value-quantity=5.50||mmol/l", true)]
    [InlineData("value-quantity=5.5|http://unitsofmeasure.org|mmol/L", true)]
    [InlineData("value-quantity=5500|http://unitsofmeasure.org|umol/L", true)]
    [InlineData("value-quantity=gt5.4|http://unitsofmeasure.org|mmol/L", true)]
    [InlineData("value-quantity=gt5.5|http://unitsofmeasure.org|mmol/L", false)]
    [InlineData("value-quantity=5.5|http://unitsofmeasure.org|g/L", false)]
    [InlineData("value-quantity=6", true)]
    [InlineData("value-quantity=5", false)]
    [InlineData("value-quantity=ap6", true)]
    [InlineData("code-value-quantity=http://loinc.org|2823-3$ge5|http://unitsofmeasure.org|mmol/L", true)]
    [InlineData("code-value-quantity=http://loinc.org|2823-3$lt5", false)]
    [InlineData("code-value-quantity=other$ge5", false)]
    [InlineData("status:in=http://hl7.org/fhir/ValueSet/observation-status", true)]
    [InlineData("status:not-in=http://hl7.org/fhir/ValueSet/observation-status", false)]
    public void An_observation_fits(string search, bool fits) => Assert.Equal(fits, Fits(Observation, search));

    [Theory]
    [InlineData("marital", "above", "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus|M", true)]
    [InlineData("type", "below", "http://terminology.hl7.org/CodeSystem/v3-ActCode|_ActCoverageTypeCode", true)]
    public void A_kind_of_code_is_found_below_its_kind(string code, string modifier, string value, bool fits)
    {
        var json = code == "marital"
            ? """{"resourceType":"Condition","code":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-MaritalStatus","code":"M"}]}}"""
            : """{"resourceType":"Coverage","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"PUBLICPOL"}]}}""";

        Assert.Equal(fits, Fits(json, $"{(code == "marital" ? "code" : code)}:{modifier}={value}"));
    }

    [Theory]
    [InlineData("48.2|16.4|5|km", true)]
    [InlineData("48.3|16.4|5|km", false)]
    [InlineData("48.3|16.4|12000|m", true)]
    [InlineData("48.21|16.41", true)]
    public void A_place_is_near(string value, bool fits) =>
        Assert.Equal(fits, Fits("""{"resourceType":"Location","position":{"latitude":48.2,"longitude":16.4}}""", $"near={value}"));

    [Theory]
    [InlineData("100", 99.6, true)]
    [InlineData("100", 100.6, false)]
    [InlineData("100.00", 99.996, true)]
    [InlineData("100.00", 99.99, false)]
    [InlineData("1e2", 95.5, true)]
    [InlineData("lt100", 99.99, true)]
    [InlineData("le100", 100, true)]
    [InlineData("gt100", 100, false)]
    [InlineData("ne100", 99.6, false)]
    [InlineData("-0.5", -0.52, true)]
    public void A_number_means_what_its_digits_say(string asked, double probability, bool fits) => Assert.Equal(fits, Fits(
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $$"""{"resourceType":"RiskAssessment","prediction":[{"probabilityDecimal":{{probability}}}]}"""), $"probability={asked}"));

    [Fact]
    public void A_chain_leads_to_each_type_that_can_be_asked_so()
    {
        var chain = Assert.IsType<ChainCriterion>(Assert.Single(Read("Observation", "subject.name=peter").Query!.Criteria));

        Assert.Equal("subject", chain.Reference.Code);
        Assert.Equal(["Location", "Patient"], chain.Targets.Select(t => t.Type).Order(StringComparer.Ordinal));
        Assert.Equal(["Patient"], Assert.IsType<ChainCriterion>(Assert.Single(Read("Observation", "subject:Patient.general-practitioner.name=x").Query!.Criteria)).Targets.Select(t => t.Type));
    }

    [Fact]
    public void What_refers_to_a_resource_is_asked_in_turn()
    {
        var has = Assert.IsType<HasCriterion>(Assert.Single(Read("Patient", "_has:Observation:patient:_has:DiagnosticReport:result:code=1").Query!.Criteria));

        Assert.Equal("Observation", has.Type);
        Assert.Equal("DiagnosticReport", Assert.IsType<HasCriterion>(has.Asked).Type);
    }

    [Fact]
    public void What_is_wanted_of_the_answer_is_read()
    {
        var query = Read("Observation", "_sort=-date,code&_count=5000&_total=accurate&_summary=data&_elements=code,status&_include=Observation:subject:Patient&_revinclude:iterate=Provenance:target&_format=json").Query!;

        Assert.Equal(["date -", "code"], query.Sort.Select(s => s.Parameter.Code + (s.Falls ? " -" : "")));
        Assert.Equal((1000, SearchTotal.Accurate, SearchSummary.Data), (query.Count, query.Total, query.Summary));
        Assert.Equal(["code", "status"], query.Elements);
        Assert.Equal([("subject", "Patient", false, false), ("target", null, true, true)], query.Includes.Select(i => (i.Reference!.Code, i.Target, i.IsReverse, i.Iterates)));
        Assert.Empty(query.Criteria);
        Assert.Equal(8, query.Heeded.Count);
    }

    [Theory]
    [InlineData("nonesuch=1", "search.parameter-unknown at nonesuch")]
    [InlineData("_text=x", "search.parameter-unsupported at _text")]
    [InlineData("name:below=x", "search.modifier-unknown at name:below")]
    [InlineData("name:=x", "search.modifier-unknown at name:")]
    [InlineData("birthdate:exact=2000", "search.modifier-unknown at birthdate:exact")]
    [InlineData("general-practitioner:Patient=x", "search.modifier-unknown at general-practitioner:Patient")]
    [InlineData("birthdate=yesterday", "search.value-invalid at birthdate")]
    [InlineData("birthdate=1974-13", "search.value-invalid at birthdate")]
    [InlineData("gender=", "search.value-invalid at gender")]
    [InlineData("gender=|", "search.value-invalid at gender")]
    [InlineData("gender:missing=maybe", "search.value-invalid at gender:missing")]
    [InlineData("identifier:of-type=a|b", "search.value-invalid at identifier:of-type")]
    [InlineData("general-practitioner=../../etc", "search.value-invalid at general-practitioner")]
    [InlineData("general-practitioner=Organization/", "search.value-invalid at general-practitioner")]
    [InlineData("language:in=http://nowhere.example/vs", "search.value-set-unknown at language:in")]
    [InlineData("gender.name=x", "search.chain-invalid at gender.name")]
    [InlineData("general-practitioner.nonesuch=x", "search.chain-invalid at general-practitioner.nonesuch")]
    [InlineData("general-practitioner:Patient.name=x", "search.chain-invalid at general-practitioner:Patient.name")]
    [InlineData("organization.partof.partof.partof.name=x", "search.chain-too-long at organization.partof.partof.partof.name")]
    [InlineData("_has:Observation:code:status=final", "search.chain-invalid at _has:Observation:code:status")]
    [InlineData("_has:Observation:patient=final", "search.chain-invalid at _has:Observation:patient")]
    [InlineData("_include=Patient", "search.include-invalid at _include")]
    [InlineData("_include=Patient:name", "search.include-invalid at _include")]
    [InlineData("_sort=nonesuch", "search.sort-unknown at _sort")]
    [InlineData("_sort=name&_sort=family", "search.parameter-repeated at _sort")]
    [InlineData("_sort=name,family,given,gender,birthdate", "search.sort-unknown at _sort")]
    [InlineData("_count=-1", "search.count-invalid at _count")]
    [InlineData("_total=all", "search.choice-invalid at _total")]
    [InlineData("_summary=no", "search.choice-invalid at _summary")]
    [InlineData("_elements=a;b", "search.value-invalid at _elements")]
    [InlineData("na'me--=x", "search.parameter-unknown")]
    public void A_search_that_is_not_understood_is_refused(string search, string fault) =>
        Assert.StartsWith(fault + ": ", Assert.Single(Read("Patient", search).Faults).ToString(), StringComparison.Ordinal);

    [Fact]
    public void Absurd_searches_are_refused_before_any_work()
    {
        Assert.Equal("search.too-many-values", Fault($"_id={string.Join(',', Enumerable.Range(0, 10_000))}"));
        Assert.Equal("search.value-too-long", Fault($"name={new string('x', 100_000)}"));
        Assert.Equal("search.too-many-parameters", Fault(string.Join('&', Enumerable.Repeat("name=x", 100))));
        Assert.Equal("search.too-many-includes", Fault(string.Join('&', Enumerable.Repeat("_include=Patient:organization", 17))));
        Assert.Equal(1000, Read("Patient", "_count=99999999999999999").Query!.Count);
        static string Fault(string search) => Read("Patient", search).Faults.Select(f => f.Rule.Id).Distinct().Single();
    }

    [Fact]
    public void A_lenient_caller_is_told_what_was_left_out()
    {
        var query = Read("Patient", "nonesuch=1&gender=male", Surroundings with { IsLenient = true }).Query!;

        Assert.Equal("nonesuch", Assert.Single(query.Ignored).Parameter);
        Assert.Single(query.Criteria);
        Assert.Equal("gender", Assert.Single(query.Heeded).Key);
        Assert.Null(Read("Patient", "gender:below2=1", Surroundings with { IsLenient = true }).Query);
    }

    [Theory]
    [InlineData("Müller", "muller")]
    [InlineData("  MU\u0308LLER,  Jr. ", "muller jr")]
    [InlineData("Łódź", "lodz")]
    [InlineData("Nguyễn", "nguyen")]
    [InlineData("Straße", "strasse")]
    [InlineData("Ｆｕｌｌ", "full")]
    [InlineData("Æsir", "aesir")]
    [InlineData("ΑΘΗΝΑ", "αθηνα")]
    [InlineData("患者", "患者")]
    [InlineData("O´Neil", "oneil")]
    [InlineData("< 5 + 1", "< 5 + 1")]
    [InlineData("!?", "")]
    public void Case_accents_and_punctuation_do_not_count(string text, string folded) => Assert.Equal(folded, SearchText.Fold(text));

    [Fact]
    public void Sorting_takes_the_least_value_or_the_largest_and_puts_what_has_none_last()
    {
        string[] resources =
        [
            """{"resourceType":"Patient","id":"none"}""",
            """{"resourceType":"Patient","id":"both","name":[{"family":"Adams"},{"family":"Zorn"}]}""",
            """{"resourceType":"Patient","id":"middle","name":[{"family":"Moser"}]}""",
        ];

        Assert.Equal(["both", "middle", "none"], Sorted("family"));
        Assert.Equal(["both", "middle", "none"], Sorted("-family"));
        Assert.Equal(["both", "middle", "none"], Sorted("_id"));
        Assert.Equal(["none", "middle", "both"], Sorted("-_id"));

        IEnumerable<string> Sorted(string sort)
        {
            var order = new SearchOrder(Read("Patient", $"_sort={sort}").Query!.Sort);
            return resources.Select(json => (Root: Parsed(json), Keys: order.KeysOf(Values(Parsed(json)))))
                .OrderBy(r => (IReadOnlyList<SearchKey>)r.Keys, order).Select(r => r.Root["id"u8].AsString()!).ToArray();
        }
    }

    [Fact]
    public void Nothing_asked_for_shows_in_ToString()
    {
        var query = Read("Patient", "name=SECRET&identifier=SECRET|SECRET&_id=SECRET&birthdate=1974&general-practitioner=SECRET").Query!;

        Assert.DoesNotContain("SECRET", query.ToString() + string.Join(' ', query.Criteria) + string.Join(' ', query.Criteria.Cast<ValueCriterion>().SelectMany(c => c.AnyOf)), StringComparison.Ordinal);
    }

    private static bool Fits(string json, string search)
    {
        var root = Parsed(json);
        var reading = Read(root.ResourceType!, search);
        Assert.Empty(reading.Faults);
        var match = new SearchMatch(Terminology);
        return reading.Query!.Criteria.All(criterion => match.Fits(criterion, Values(root)));
    }

    private static FhirElement Parsed(string json) => FhirJsonReader.ReadJson(Encoding.UTF8.GetBytes(json)).Root;

    private static List<SearchValue> Values(FhirElement root)
    {
        var values = new List<SearchValue>();
        Index.Extract(root, TimeSpan.Zero, values);
        return values;
    }

    private static SearchReading Read(string type, string search, SearchSurroundings? surroundings = null) => SearchQueryReader.Read(
        Index, type, [.. search.Split('&').Select(p => KeyValuePair.Create(p[..p.IndexOf('=', StringComparison.Ordinal)], p[(p.IndexOf('=', StringComparison.Ordinal) + 1)..]))], surroundings ?? Surroundings);
}
