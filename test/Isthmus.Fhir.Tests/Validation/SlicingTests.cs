using System.Text;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Json;
using Isthmus.Fhir.Validation;
using Isthmus.Fhir.Validation.Findings;

namespace Isthmus.Fhir.Tests.Validation;

/// <summary>Slices told apart by each kind of discriminator, and what each kind of slicing allows.</summary>
public sealed class SlicingTests
{
    private const string Mrn = """{"system":"http://example.org/mrn","value":"1"}""";
    private const string Ssn = """{"system":"http://example.org/ssn","value":"2"}""";
    private const string Other = """{"system":"http://example.org/other","value":"3"}""";

    [Theory]
    [InlineData("open", $"[{Mrn}]", null)]
    [InlineData("open", $"[{Mrn},{Other}]", null)]
    [InlineData("open", $"[{Other}]", "fhir.slicing.required")]
    [InlineData("open", $"[{Mrn},{Mrn}]", "fhir.slicing.too-many")]
    [InlineData("closed", $"[{Mrn},{Ssn}]", null)]
    [InlineData("closed", $"[{Mrn},{Other}]", "fhir.slicing.closed")]
    [InlineData("openAtEnd", $"[{Mrn},{Ssn},{Other}]", null)]
    [InlineData("openAtEnd", $"[{Mrn},{Other},{Ssn}]", "fhir.slicing.open-at-end")]
    public void Slices_by_value(string rules, string identifiers, string? rule) => Assert.Equal(rule, Only(
        Patient(identifiers), Profile("Patient", $$"""
            {"id":"Patient.identifier","path":"Patient.identifier","slicing":{"discriminator":[{"type":"value","path":"system"}],"rules":"{{rules}}" } },
            {"id":"Patient.identifier:mrn","path":"Patient.identifier","sliceName":"mrn","min":1,"max":"1"},
            {"id":"Patient.identifier:mrn.system","path":"Patient.identifier.system","min":1,"fixedUri":"http://example.org/mrn"},
            {"id":"Patient.identifier:ssn","path":"Patient.identifier","sliceName":"ssn","min":0,"max":"1"},
            {"id":"Patient.identifier:ssn.system","path":"Patient.identifier.system","min":1,"fixedUri":"http://example.org/ssn"}
            """)));

    [Theory]
    [InlineData($"[{Mrn},{Ssn}]", null)]
    [InlineData($"[{Ssn},{Mrn}]", "fhir.slicing.order")]
    public void Ordered_slices_stand_in_their_order(string identifiers, string? rule) => Assert.Equal(rule, Only(
        Patient(identifiers), Profile("Patient", """
            {"id":"Patient.identifier","path":"Patient.identifier","slicing":{"discriminator":[{"type":"value","path":"system"}],"ordered":true,"rules":"open"}},
            {"id":"Patient.identifier:mrn","path":"Patient.identifier","sliceName":"mrn"},
            {"id":"Patient.identifier:mrn.system","path":"Patient.identifier.system","fixedUri":"http://example.org/mrn"},
            {"id":"Patient.identifier:ssn","path":"Patient.identifier","sliceName":"ssn"},
            {"id":"Patient.identifier:ssn.system","path":"Patient.identifier.system","fixedUri":"http://example.org/ssn"}
            """)));

    [Theory]
    [InlineData("""[{"coding":[{"system":"http://example.org","code":"a","display":"A"}],"text":"t"}]""", null)]
    [InlineData("""[{"coding":[{"system":"http://example.org","code":"b"}]}]""", "fhir.slicing.required")]
    public void Slices_by_pattern(string categories, string? rule) => Assert.Equal(rule, Only(
        Observation($"\"category\":{categories}"), Profile("Observation", """
            {"id":"Observation.category","path":"Observation.category","slicing":{"discriminator":[{"type":"pattern","path":"$this"}],"rules":"open"}},
            {"id":"Observation.category:a","path":"Observation.category","sliceName":"a","min":1,"patternCodeableConcept":{"coding":[{"system":"http://example.org","code":"a"}]}}
            """)));

    [Theory]
    [InlineData("\"valueQuantity\":{\"value\":1,\"unit\":\"g\"}", null)]
    [InlineData("\"valueQuantity\":{\"value\":1}", "fhir.structure.required")]
    [InlineData("\"valueString\":\"a\"", "fhir.slicing.closed")]
    public void Slices_by_type(string value, string? rule) => Assert.Equal(rule, Only(
        Observation(value), Profile("Observation", """
            {"id":"Observation.value[x]","path":"Observation.value[x]","slicing":{"discriminator":[{"type":"type","path":"$this"}],"rules":"closed"}},
            {"id":"Observation.value[x]:valueQuantity","path":"Observation.value[x]","sliceName":"valueQuantity","type":[{"code":"Quantity"}]},
            {"id":"Observation.value[x]:valueQuantity.unit","path":"Observation.value[x].unit","min":1}
            """)));

    [Theory]
    [InlineData($"[{Mrn},{Ssn}]", null)]
    [InlineData($"[{Ssn},{Mrn}]", "fhir.profile.fixed")]
    public void Slices_by_position(string identifiers, string? rule) => Assert.Equal(rule, Only(
        Patient(identifiers), Profile("Patient", """
            {"id":"Patient.identifier","path":"Patient.identifier","slicing":{"discriminator":[{"type":"position","path":"$this"}],"rules":"open"}},
            {"id":"Patient.identifier:first","path":"Patient.identifier","sliceName":"first","min":1,"max":"1"},
            {"id":"Patient.identifier:first.system","path":"Patient.identifier.system","fixedUri":"http://example.org/mrn"}
            """)));

    [Theory]
    [InlineData("""[{"system":"phone","value":"1","period":{"start":"2020"}}]""", null)]
    [InlineData("""[{"system":"phone","value":"1"}]""", "fhir.slicing.required")]
    public void Slices_by_what_exists(string telecoms, string? rule) => Assert.Equal(rule, Only(
        $$"""{"resourceType":"Patient","telecom":{{telecoms}}}""", Profile("Patient", """
            {"id":"Patient.telecom","path":"Patient.telecom","slicing":{"discriminator":[{"type":"exists","path":"period"}],"rules":"open"}},
            {"id":"Patient.telecom:dated","path":"Patient.telecom","sliceName":"dated","min":1},
            {"id":"Patient.telecom:dated.period","path":"Patient.telecom.period","min":1},
            {"id":"Patient.telecom:undated","path":"Patient.telecom","sliceName":"undated"},
            {"id":"Patient.telecom:undated.period","path":"Patient.telecom.period","max":"0"}
            """)));

    [Theory]
    [InlineData("""[{"resource":{"resourceType":"Patient","birthDate":"2000"}}]""", null)]
    [InlineData("""[{"resource":{"resourceType":"Patient"}}]""", "fhir.slicing.required")]
    public void Slices_by_profile(string entries, string? rule) => Assert.Equal(rule, Only(
        $$"""{"resourceType":"Bundle","type":"collection","entry":{{entries}}}""",
        Profile("Bundle", """
            {"id":"Bundle.entry","path":"Bundle.entry","slicing":{"discriminator":[{"type":"profile","path":"resource"}],"rules":"open"}},
            {"id":"Bundle.entry:born","path":"Bundle.entry","sliceName":"born","min":1},
            {"id":"Bundle.entry:born.resource","path":"Bundle.entry.resource","min":1,"type":[{"code":"Patient","profile":["http://example.org/Born"]}]}
            """),
        Profile("Patient", """{"id":"Patient.birthDate","path":"Patient.birthDate","min":1}""", "http://example.org/Born")));

    [Theory]
    [InlineData("Practitioner/1", null)]
    [InlineData("Organization/1", "fhir.slicing.required")]
    public void Slices_by_the_type_that_a_reference_names(string reference, string? rule) => Assert.Equal(rule, Only(
        $$"""{"resourceType":"Patient","generalPractitioner":[{"reference":"{{reference}}"}]}""", Profile("Patient", """
            {"id":"Patient.generalPractitioner","path":"Patient.generalPractitioner","slicing":{"discriminator":[{"type":"type","path":"resolve()"}],"rules":"open"}},
            {"id":"Patient.generalPractitioner:person","path":"Patient.generalPractitioner","sliceName":"person","min":1,"type":[{"code":"Reference","targetProfile":["http://hl7.org/fhir/StructureDefinition/Practitioner"]}]}
            """)));

    [Fact]
    public void What_leads_outside_is_no_missing_slice() => Assert.Null(Only(
        """{"resourceType":"Patient","generalPractitioner":[{"reference":"Practitioner/1"}]}""", Profile("Patient", """
            {"id":"Patient.generalPractitioner","path":"Patient.generalPractitioner","slicing":{"discriminator":[{"type":"profile","path":"resolve()"}],"rules":"closed"}},
            {"id":"Patient.generalPractitioner:known","path":"Patient.generalPractitioner","sliceName":"known","min":1,"type":[{"code":"Reference","targetProfile":["http://example.org/Known"]}]}
            """),
        Profile("Practitioner", """{"id":"Practitioner.name","path":"Practitioner.name","min":1}""", "http://example.org/Known")));

    [Fact]
    public void A_missing_slice_says_which_came_closest_and_why()
    {
        var finding = Assert.Single(Errors(Patient($"[{Other}]"), Profile("Patient", """
            {"id":"Patient.identifier","path":"Patient.identifier","slicing":{"discriminator":[{"type":"value","path":"system"}],"rules":"open"}},
            {"id":"Patient.identifier:mrn","path":"Patient.identifier","sliceName":"mrn","min":1},
            {"id":"Patient.identifier:mrn.system","path":"Patient.identifier.system","fixedUri":"http://example.org/mrn"}
            """)));

        Assert.Equal("A slice is missing: Patient.identifier:mrn, at least 1 wanted, 0 found. The slice mrn came closest, but system does not have http://example.org/mrn.", finding.Message);
        Assert.Equal(("Patient", "http://example.org/Test"), (finding.Expression, finding.Profile));
    }

    [Fact]
    public void A_slice_that_nothing_tells_is_no_error() => Assert.Null(Only(
        Patient($"[{Other}]"), Profile("Patient", """
            {"id":"Patient.identifier","path":"Patient.identifier","slicing":{"discriminator":[{"type":"value","path":"value"}],"rules":"closed"}},
            {"id":"Patient.identifier:a","path":"Patient.identifier","sliceName":"a","min":1}
            """)));

    [Theory]
    [InlineData("""[{"use":"official","system":"http://example.org/mrn","value":"1"}]""", null)]
    [InlineData("""[{"use":"usual","system":"http://example.org/mrn","value":"1"}]""", "fhir.slicing.closed")]
    public void A_slice_may_be_sliced_again(string identifiers, string? rule) => Assert.Equal(rule, Only(
        Patient(identifiers), Profile("Patient", """
            {"id":"Patient.identifier","path":"Patient.identifier","slicing":{"discriminator":[{"type":"value","path":"system"}],"rules":"open"}},
            {"id":"Patient.identifier:mrn","path":"Patient.identifier","sliceName":"mrn","slicing":{"discriminator":[{"type":"value","path":"use"}],"rules":"closed"}},
            {"id":"Patient.identifier:mrn.system","path":"Patient.identifier.system","fixedUri":"http://example.org/mrn"},
            {"id":"Patient.identifier:mrn/official","path":"Patient.identifier","sliceName":"mrn/official"},
            {"id":"Patient.identifier:mrn/official.system","path":"Patient.identifier.system","fixedUri":"http://example.org/mrn"},
            {"id":"Patient.identifier:mrn/official.use","path":"Patient.identifier.use","fixedCode":"official"}
            """)));

    private static string Patient(string identifiers) => $$"""{"resourceType":"Patient","identifier":{{identifiers}}}""";

    private static string Observation(string more) => $$"""{"resourceType":"Observation","status":"final","code":{"text":"c"},{{more}}}""";

    private static string Profile(string type, string elements, string url = "http://example.org/Test") => $$"""
        {"resourceType":"StructureDefinition","url":"{{url}}","name":"Test","status":"active","kind":"resource","abstract":false,"type":"{{type}}",
         "baseDefinition":"http://hl7.org/fhir/StructureDefinition/{{type}}","derivation":"constraint","differential":{"element":[{{elements}}] } }
        """;

    private static string? Only(string resource, params string[] profiles) => Errors(resource, profiles) switch { [] => null, [var one] => one.Rule.Id, var many => string.Join(", ", many) };

    private static List<Finding> Errors(string resource, params string[] profiles)
    {
        var definitions = DefinitionSet.R4.With(DefinitionPackage.Of("test", "1", profiles.Select(profile => FhirJsonReader.Read(Encoding.UTF8.GetBytes(profile)).Tape!)));
        var result = FhirValidator.For(definitions).Validate(Encoding.UTF8.GetBytes(resource), new ValidationOptions { Profiles = ["http://example.org/Test"] });
        return [.. result.Findings.Where(finding => finding.IsError)];
    }
}
