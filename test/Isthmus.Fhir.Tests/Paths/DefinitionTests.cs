using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Paths;

namespace Isthmus.Fhir.Tests.Paths;

/// <summary>R4's own expressions.</summary>
public sealed class DefinitionTests
{
    [Fact]
    public void Every_invariant_of_R4_compiles_and_is_decided_over_a_Patient()
    {
        var expressions = DefinitionSet.R4.All("StructureDefinition").SelectMany(Constraints).Distinct(StringComparer.Ordinal).ToList();

        Assert.InRange(expressions.Count, 190, 260);
        Assert.All(expressions, text =>
        {
            var compiled = FhirPath.CompileDefinition(text);
            Assert.Null(compiled.Fault);
            _ = compiled.Expression!.IsTrue(Sample.Patient, "Patient", Sample.Patient, Sample.Patient, Sample.Context, out var fault);
            Assert.True(fault is null || fault.Rule == PathRules.Singleton.Rule || fault.Rule == PathRules.Operand.Rule, $"{text}: {fault?.Rule}");
        });
    }

    [Fact]
    public void Every_search_parameter_of_R4_compiles()
    {
        var expressions = DefinitionSet.R4.All("SearchParameter").Select(parameter => parameter["expression"].AsString()).OfType<string>().ToList();

        Assert.True(expressions.Count > 1_300, $"{expressions.Count} expressions");
        Assert.All(expressions, text => Assert.Null(FhirPath.CompileDefinition(text).Fault));
    }

    [Fact]
    public void In_definitions_as_lets_pass_what_fits()
    {
        var text = "name.as(HumanName).given";

        Assert.Equal(PathRules.Singleton.Rule, FhirPath.Compile(text).Expression!.Evaluate(Sample.Patient).Fault!.Rule);
        Assert.Equal(5, FhirPath.CompileDefinition(text).Expression!.Evaluate(Sample.Patient).Count);
    }

    private static IEnumerable<string> Constraints(FhirElement structure)
    {
        foreach (var element in structure["snapshot"]["element"])
        {
            foreach (var constraint in element["constraint"])
            {
                if (constraint["expression"].AsString() is { } text)
                {
                    yield return text;
                }
            }
        }
    }
}
