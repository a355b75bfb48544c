using System.Text;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Validation;

namespace Isthmus.Fhir.Tests.Validation;

/// <summary>The shape of resources and the form of values, without any profile.</summary>
public sealed class StructureTests
{
    [Theory]
    [InlineData("""{"resourceType":"Patient","id":"a","active":true,"birthDate":"1970-02-28","name":[{"given":["A",null],"_given":[null,{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"masked"}]}]}]}""")]
    [InlineData("""{"resourceType":"Observation","status":"final","code":{"text":"a"},"valueDateTime":"2024-02-29T10:00:00+14:00"}""")]
    [InlineData("""{"resourceType":"Patient","gender":"female","_gender":{"id":"a"}}""")]
    [InlineData("""{"resourceType":"Parameters"}""")]
    [InlineData("""{"resourceType":"Patient","meta":{"profile":["urn:uuid:c757873d-ec9a-4326-a141-556f43239520|1.0"]}}""")]
    public void What_is_right_has_no_error(string json) => Assert.Empty(Errors(json));

    [Theory]
    [InlineData("""{"resourceType":"Patient","birthdate":"1970-01-01"}""", "fhir.structure.unknown-property", "Patient")]
    [InlineData("""{"resourceType":"Observation","code":{"text":"a"}}""", "fhir.structure.required", "Observation")]
    [InlineData("""{"resourceType":"Patient","name":{"family":"A"}}""", "fhir.structure.array-expected", "Patient.name")]
    [InlineData("""{"resourceType":"Patient","gender":["female"]}""", "fhir.structure.array-unexpected", "Patient.gender")]
    [InlineData("""{"resourceType":"Patient","name":[]}""", "fhir.structure.empty-array", "Patient.name")]
    [InlineData("""{"resourceType":"Patient","name":[{}]}""", "fhir.structure.empty-object", "Patient.name[0]")]
    [InlineData("""{"resourceType":"Patient","name":["A"]}""", "fhir.structure.object-expected", "Patient.name[0]")]
    [InlineData("""{"resourceType":"Patient","birthDate":{"value":"1970-01-01"}}""", "fhir.structure.value-expected", "Patient.birthDate")]
    [InlineData("""{"resourceType":"Patient","active":"true"}""", "fhir.structure.json-type", "Patient.active")]
    [InlineData("""{"resourceType":"Patient","birthDate":null}""", "fhir.structure.null", "Patient.birthDate")]
    [InlineData("""{"resourceType":"Patient","_name":[{"id":"a"}]}""", "fhir.structure.underscore", "Patient.name")]
    [InlineData("""{"resourceType":"Observation","status":"final","code":{"text":"a"},"valueString":"a","valueInteger":1}""", "fhir.structure.choice-twice", "Observation.value.ofType(integer)")]
    [InlineData("""{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"id":"a"}}]}""", "fhir.structure.resource-type", "Bundle.entry[0].resource")]
    [InlineData("""{"resourceType":"Patient","birthDate":"1970-02-29"}""", "fhir.value.date", "Patient.birthDate")]
    [InlineData("""{"resourceType":"Patient","id":"a_b"}""", "fhir.value.id", "Patient.id")]
    [InlineData("""{"resourceType":"Patient","deceasedDateTime":"2024-01-01T10:00"}""", "fhir.value.date-time", "Patient.deceased.ofType(dateTime)")]
    [InlineData("""{"resourceType":"Patient","multipleBirthInteger":2147483648}""", "fhir.value.integer", "Patient.multipleBirth.ofType(integer)")]
    [InlineData("""{"resourceType":"Patient","contact":[{"telecom":[{"system":"phone","value":"1","rank":0}]}]}""", "fhir.value.positive-int", "Patient.contact[0].telecom[0].rank")]
    [InlineData("""{"resourceType":"Patient","photo":[{"contentType":"image/png","data":"%%%2@()()"}]}""", "fhir.value.base64", "Patient.photo[0].data")]
    [InlineData("""{"resourceType":"Patient","identifier":[{"system":"urn:oid:1.02"}]}""", "fhir.value.oid", "Patient.identifier[0].system")]
    public void What_is_wrong_is_named_and_located(string json, string rule, string expression)
    {
        var finding = Assert.Single(Errors(json));

        Assert.Equal((rule, expression), (finding.Rule.Id, finding.Expression));
    }

    [Fact]
    public void A_finding_tells_line_and_column()
    {
        var finding = Assert.Single(Errors("{\n  \"resourceType\": \"Patient\",\n  \"active\": 1\n}"));

        Assert.Equal((3, 3), (finding.Position.Line, finding.Position.Column));
    }

    [Fact]
    public void What_is_no_json_is_one_finding_of_the_reader()
    {
        var finding = Assert.Single(Errors("""{"resourceType":"Patient","""));

        Assert.Equal("fhir.json.truncated", finding.Rule.Id);
    }

    [Fact]
    public void The_first_error_ends_the_work_when_that_is_asked_for()
    {
        var result = FhirValidator.For(DefinitionSet.R4).Validate(
            Encoding.UTF8.GetBytes("""{"resourceType":"Patient","active":1,"gender":2}"""), new ValidationOptions { StopAtFirstError = true });

        Assert.Single(result.Findings, finding => finding.IsError);
    }

    private static List<Fhir.Validation.Findings.Finding> Errors(string json) =>
        [.. FhirValidator.For(DefinitionSet.R4).Validate(Encoding.UTF8.GetBytes(json)).Findings.Where(finding => finding.IsError)];
}
