using System.Text;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Json;
using Isthmus.Fhir.Validation;

namespace Isthmus.Fhir.Tests.Validation;

/// <summary>Invariants that ask for what lies outside of their element: told where it is known, warned of where it is not, never an error then.</summary>
public sealed class OutsideTests
{
    [Theory]
    [InlineData("birthDate <= today()", "2000-01-01", true, null)]
    [InlineData("birthDate <= today()", "2999-01-01", true, "fhir.invariant.failed")]
    [InlineData("birthDate <= today()", "2999-01-01", false, "fhir.invariant.unevaluated")]
    [InlineData("maritalStatus.memberOf('http://example.org/unknown')", "2000-01-01", true, "fhir.invariant.unevaluated")]
    [InlineData("maritalStatus.memberOf('http://hl7.org/fhir/ValueSet/marital-status')", "2000-01-01", true, null)]
    [InlineData("maritalStatus.memberOf('http://hl7.org/fhir/ValueSet/administrative-gender')", "2000-01-01", true, "fhir.invariant.failed")]
    [InlineData("managingOrganization.resolve().name.exists()", "2000-01-01", true, "fhir.invariant.unevaluated")]
    [InlineData("generalPractitioner.resolve().active", "2000-01-01", true, null)]
    [InlineData("generalPractitioner.resolve().active.not()", "2000-01-01", true, "fhir.invariant.failed")]
    [InlineData("conformsTo('http://example.org/none')", "2000-01-01", true, "fhir.invariant.unevaluated")]
    [InlineData("not FHIRPath (", "2000-01-01", true, "fhir.invariant.unevaluated")]
    public void An_invariant_asks_outside(string expression, string born, bool told, string? rule)
    {
        var profile = $$"""
            {"resourceType":"StructureDefinition","url":"http://example.org/Test","name":"Test","status":"active","kind":"resource","abstract":false,"type":"Patient",
             "baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient","derivation":"constraint","differential":{"element":[
              {"id":"Patient","path":"Patient","constraint":[{"key":"t-1","severity":"error","human":"Test.","expression":"{{expression}}"}]}] } }
            """;
        var patient = $$"""
            {"resourceType":"Patient","birthDate":"{{born}}","contained":[{"resourceType":"Practitioner","id":"p","active":true}],"generalPractitioner":[{"reference":"#p"}],
             "managingOrganization":{"reference":"Organization/elsewhere"},
             "maritalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-MaritalStatus","code":"M"}] } }
            """;
        var definitions = DefinitionSet.R4.With(DefinitionPackage.Of("test", "1", [FhirJsonReader.Read(Encoding.UTF8.GetBytes(profile)).Tape!]));
        var options = new ValidationOptions { Profiles = ["http://example.org/Test"], Now = told ? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) : null };

        var found = FhirValidator.For(definitions).Validate(Encoding.UTF8.GetBytes(patient), options).Findings
            .Where(finding => finding.Message.Contains("t-1", StringComparison.Ordinal)).Select(finding => finding.Rule.Id);

        Assert.Equal(rule, found.SingleOrDefault());
    }
}
