using System.Text;
using Isthmus.Fhir.Json;
using Isthmus.Fhir.Paths;

namespace Isthmus.Fhir.Tests.Terminology;

/// <summary>What FHIRPath's terminology functions are told.</summary>
public sealed class PathTerminologyTests
{
    private const string Observation = """
        {"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"2345-7"},{"system":"http://sample.example/animals","code":"dog"}]},
         "valueCodeableConcept":{"coding":[{"system":"http://sample.example/animals","code":"mammal"}]}}
        """;

    [Theory]
    [InlineData("status.memberOf('http://hl7.org/fhir/ValueSet/observation-status')", "true")]
    [InlineData("code.memberOf('http://sample.example/vs/all')", "true")]
    [InlineData("value.memberOf('http://sample.example/vs/dogs')", "false")]
    [InlineData("code.coding[0].memberOf('http://hl7.org/fhir/ValueSet/observation-codes')", "")]
    [InlineData("value.subsumes(code)", "true")]
    [InlineData("value.subsumedBy(code)", "false")]
    [InlineData("code.coding[0].subsumes(code.coding[0])", "")]
    public void Unknown_is_empty(string expression, string expected)
    {
        var terminology = Sample.With(
            Sample.Animals,
            Sample.ValueSet("all", """{"include":[{"system":"http://sample.example/animals"}]}"""),
            Sample.ValueSet("dogs", """{"include":[{"system":"http://sample.example/animals","concept":[{"code":"dog"}]}]}"""));
        var resource = FhirJsonReader.Read(Encoding.UTF8.GetBytes(Observation)).Root;
        var result = FhirPath.Compile(expression).Expression!.Evaluate(resource, new FhirPathContext { Terminology = FhirPathTerminology.Of(terminology) });

        Assert.Null(result.Fault);
        Assert.Equal(expected, string.Join(' ', result.Items.ToArray().Select(item => item.AsString())));
    }
}
