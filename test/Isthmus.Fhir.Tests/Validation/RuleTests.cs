using System.Text;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Json;
using Isthmus.Fhir.Validation;
using Isthmus.Fhir.Validation.Findings;
using Isthmus.Testing;

namespace Isthmus.Fhir.Tests.Validation;

/// <summary>What FHIR asks beyond structure, one fault at a time: codes, references, extensions, narrative, Bundles, URIs, attachments.</summary>
public sealed class RuleTests
{
    private const string Div = "<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\">";

    [Theory]
    [InlineData("""{"resourceType":"Patient","gender":"f"}""", "fhir.binding.required", "Patient.gender")]
    [InlineData("""{"resourceType":"AllergyIntolerance","clinicalStatus":{"text":"active"},"patient":{"reference":"Patient/1"}}""", "fhir.binding.no-code", "AllergyIntolerance.clinicalStatus")]
    [InlineData("""{"resourceType":"Patient","language":"not a language"}""", "fhir.binding.maximum", "Patient.language")]
    [InlineData("""{"resourceType":"Basic","code":{"coding":[{"system":"http://hl7.org/fhir/item-type","code":"strnig"}]}}""", "fhir.code.unknown", "Basic.code.coding[0].code")]
    [InlineData("""{"resourceType":"Encounter","status":"planned","class":{"code":"AMB"},"subject":{"reference":"Practitioner/1"}}""", "fhir.reference.target-type", "Encounter.subject")]
    [InlineData("""{"resourceType":"Patient","managingOrganization":{"reference":"#none"}}""", "fhir.invariant.failed", "Patient.managingOrganization")]
    [InlineData("""{"resourceType":"Patient","managingOrganization":{"reference":"Chicken/1"}}""", "fhir.reference.unknown-type", "Patient.managingOrganization")]
    [InlineData("""{"resourceType":"Patient","managingOrganization":{"reference":"Organization/1","type":"Patient"}}""", "fhir.reference.type-differs", "Patient.managingOrganization")]
    [InlineData("""{"resourceType":"Patient","managingOrganization":{"reference":"ht tp://example.org/Organization/1"}}""", "fhir.reference.format", "Patient.managingOrganization")]
    [InlineData("""{"resourceType":"Patient","extension":[{"url":"race","valueString":"a"}]}""", "fhir.extension.url", "Patient.extension[0].url")]
    [InlineData("""{"resourceType":"Patient","extension":[{"url":"http://example.org/a"}]}""", "fhir.invariant.ext-1", "Patient.extension[0]")]
    [InlineData("""{"resourceType":"Patient","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-birthTime","valueDateTime":"1970-01-01"}]}""", "fhir.extension.context", "Patient")]
    [InlineData("""{"resourceType":"Patient","birthDate":"1970-01-01","_birthDate":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-birthTime","valueString":"1970"}]}}""", "fhir.profile.type", "Patient.birthDate.extension[0]")]
    [InlineData("""{"resourceType":"Patient","modifierExtension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"unknown"}]}""", "fhir.extension.not-modifier", "Patient.modifierExtension[0]")]
    [InlineData("""{"resourceType":"Patient","identifier":[{"system":"mrn","value":"1"}]}""", "fhir.uri.system", "Patient.identifier[0].system")]
    [InlineData("""{"resourceType":"Patient","identifier":[{"system":"urn:ietf:rfc:3986","value":"1"}]}""", "fhir.uri.identifier", "Patient.identifier[0].value")]
    [InlineData("""{"resourceType":"Patient","photo":[{"contentType":"image/png","size":5,"data":"YQ=="}]}""", "fhir.attachment.size", "Patient.photo[0]")]
    [InlineData("""{"resourceType":"Bundle","type":"searchset","link":[{"relation":"self","url":"http://a"},{"relation":"self","url":"http://b"}]}""", "fhir.bundle.link-twice", "Bundle.link[1]")]
    [InlineData("""{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"http://example.org/Basic/1","resource":{"resourceType":"Basic","id":"2","code":{"text":"a"}}}]}""", "fhir.bundle.full-url", "Bundle.entry[0]")]
    [InlineData("""{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:a:1"},{"fullUrl":"urn:a:1","resource":{"resourceType":"Basic","code":{"text":"a"}}}]}""", "fhir.invariant.failed", "Bundle")]
    [InlineData("""{"resourceType":"Observation","status":"final","code":{"text":"a"},"valueString":"a","dataAbsentReason":{"text":"b"}}""", "fhir.invariant.failed", "Observation")]
    [InlineData("""{"resourceType":"Encounter","status":"planned","class":{"code":"AMB"},"period":{"start":"2024-02-01","end":"2024-01-01"}}""", "fhir.invariant.failed", "Encounter.period")]
    public void Is_found_and_located(string json, string rule, string expression) =>
        Assert.Contains((rule, expression), Errors(json).Select(finding => (finding.Rule.Id, finding.Expression)));

    [Theory, HostileRow("F07")]
    [InlineData(Div + "<p>a</p></div>", null)]
    [InlineData(Div + "<p class='x'>a &amp; b &#169;<br/><!-- c --></p></div>", null)]
    [InlineData(Div + "<img src='#a' alt='b'/></div>", null)]
    [InlineData("<p>a</p>", "fhir.narrative.root")]
    [InlineData("<div>a</div>", "fhir.narrative.root")]
    [InlineData(Div + "<p>a</div>", "fhir.narrative.well-formed")]
    [InlineData(Div + "a</div><div/>", "fhir.narrative.well-formed")]
    [InlineData(Div + "<p class=x>a</p></div>", "fhir.narrative.well-formed")]
    [InlineData(Div + "<script>a</script></div>", "fhir.narrative.element")]
    [InlineData(Div + "<p onclick='a'>a</p></div>", "fhir.narrative.attribute")]
    [InlineData(Div + "<img src='#a' alt='b' onerror='a()'/></div>", "fhir.narrative.attribute")]
    [InlineData(Div + "<iframe src='http://a.example'></iframe></div>", "fhir.narrative.element")]
    [InlineData(Div + "<svg><script>a</script></svg></div>", "fhir.narrative.element")]
    [InlineData(Div + "<a href=' JavaScript:a()'>a</a></div>", "fhir.narrative.script")]
    [InlineData(Div + "<a href='java&#115;cript:a()'>a</a></div>", "fhir.narrative.script")]
    [InlineData(Div + "<a href='&#x6A;avascript&#58;a()'>a</a></div>", "fhir.narrative.script")]
    [InlineData(Div + "<a href='j&#10;avascript:a()'>a</a></div>", "fhir.narrative.script")]
    [InlineData(Div + "<a href='java&#99999999999;script'>a</a></div>", null)]
    [InlineData(Div + "&reg;</div>", "fhir.narrative.entity")]
    [InlineData(Div + " <p> </p></div>", "fhir.narrative.empty")]
    public void Narratives(string div, string? rule)
    {
        var errors = Errors($$"""{"resourceType":"Patient","text":{"status":"generated","div":"{{div}}" } }""");

        Assert.Equal(rule, errors.Count == 0 ? null : Assert.Single(errors).Rule.Id);
    }

    [Theory]
    [InlineData("""{"resourceType":"Patient","meta":{"profile":["http://example.org/unknown"]}}""", "fhir.profile.unknown")]
    [InlineData("""{"resourceType":"Patient","extension":[{"url":"http://example.org/a","valueCode":"b"}]}""", "fhir.extension.unknown")]
    [InlineData("""{"resourceType":"Condition","subject":{"reference":"Patient/1"},"bodySite":[{"coding":[{"system":"http://snomed.info/sct","code":"1"}]}],"severity":{"coding":[{"system":"http://example.org/s","code":"a"}]},"verificationStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-ver-status","code":"confirmed"}]}}""", null)]
    [InlineData("""{"resourceType":"Patient","photo":[{"contentType":"image/png","hash":"YQ==","data":"YQ=="}]}""", "fhir.attachment.hash")]
    [InlineData("""{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"Basic/1","resource":{"resourceType":"Basic","id":"1","code":{"text":"a"}}}]}""", "fhir.uri.full-url")]
    [InlineData("""{"resourceType":"QuestionnaireResponse","status":"completed","questionnaire":"http://example.org/q"}""", "fhir.form.unknown")]
    public void What_cannot_be_verified_warns_and_is_no_error(string json, string? rule)
    {
        var findings = Findings(json);

        Assert.DoesNotContain(findings, finding => finding.IsError);
        Assert.True(rule is null || findings.Exists(finding => finding.Rule.Id == rule));
    }

    [Theory]
    [InlineData("http://example.org/Patient/1", null)]
    [InlineData("Patient/1", null)]
    [InlineData("Patient/2", "fhir.reference.missing-in-document")]
    [InlineData("Patient/1/_history/7", null)]
    [InlineData("Patient/1/_history/8", "fhir.reference.missing-in-document")]
    public void A_document_holds_what_its_composition_refers_to(string subject, string? rule)
    {
        var json = $$$"""
            {"resourceType":"Bundle","type":"document","identifier":{"system":"urn:ietf:rfc:3986","value":"urn:uuid:00000000-0000-0000-0000-000000000000"},"timestamp":"2024-01-01T00:00:00Z","entry":[
             {"fullUrl":"http://example.org/Composition/1","resource":{"resourceType":"Composition","id":"1","status":"final","type":{"text":"t"},"date":"2024","title":"t","subject":{"reference":"{{{subject}}}" },"author":[{"display":"a"}]}},
             {"fullUrl":"http://example.org/Patient/1","resource":{"resourceType":"Patient","id":"1","meta":{"versionId":"7"} } }]}
            """;

        Assert.Equal(rule, Errors(json).Select(finding => finding.Rule.Id).SingleOrDefault());
    }

    [Fact]
    public void Structure_alone_asks_no_invariant_and_no_code()
    {
        var result = FhirValidator.For(DefinitionSet.R4).Validate(
            Encoding.UTF8.GetBytes("""{"resourceType":"Patient","gender":"f","contact":[{"gender":"male"}]}"""), new ValidationOptions { Mode = ValidationMode.Structure });

        Assert.Empty(result.Findings);
    }

    [Fact]
    public void The_outcome_is_itself_a_valid_resource()
    {
        var outcome = FhirValidator.For(DefinitionSet.R4).Validate("{\"resourceType\":\"Basic\",\"language\":7,\"code\":{\"text\":\"a\"}}"u8.ToArray(), new ValidationOptions { Mode = ValidationMode.Structure }).ToOperationOutcome();

        Assert.True(FhirValidator.For(DefinitionSet.R4).Validate(outcome).IsValid);
        Assert.Equal("error", FhirJsonReader.Read(outcome).Root["issue"u8][0]["severity"u8].AsString());
    }

    [Fact]
    public void No_sentence_repeats_a_value_of_the_resource()
    {
        const string Secret = "Xq7Secret";
        var json = """{"resourceType":"Patient","gender":"S","birthDate":"S","name":[{"family":1,"use":"S"}],"identifier":[{"system":"S S","period":{"start":"S"}}],"managingOrganization":{"reference":"S/1"},"extension":[{"url":"S","valueCode":" S"}],"S":1,"text":{"status":"S","div":"<S>S</S>"},"link":[{"other":{"reference":"#S"},"type":"S"}]}"""
            .Replace("S", Secret, StringComparison.Ordinal);

        var findings = Findings(json);

        Assert.True(findings.Count > 8);
        Assert.DoesNotContain(findings, finding => $"{finding.Message} {finding.Expression}".Contains(Secret, StringComparison.Ordinal));
    }

    private static List<Finding> Errors(string json) => [.. Findings(json).Where(finding => finding.IsError)];

    private static List<Finding> Findings(string json) => [.. FhirValidator.For(DefinitionSet.R4).Validate(Encoding.UTF8.GetBytes(json)).Findings];
}
