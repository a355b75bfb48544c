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

    /// <summary>ChargeItemDefinition has no name; R4's cid-0 was copied from definitions that have one.</summary>
    [Fact]
    public void The_type_check_finds_nothing_in_R4s_invariants_but_the_one_that_is_wrong()
    {
        var found = DefinitionSet.R4.All("StructureDefinition")
            .Where(structure => structure["derivation"].AsString() != "constraint")
            .SelectMany(TypedConstraints).Distinct()
            .SelectMany(constraint => FhirPath.CompileDefinition(constraint.Expression).Expression!.Check(constraint.Type).Select(fault => (constraint.Type, constraint.Key, fault.Rule)))
            .Where(found => found.Rule != PathRules.TypeUnknown.Rule);

        Assert.Equal([("ChargeItemDefinition", "cid-0", PathRules.Element.Rule)], found);
    }

    [Fact]
    public void The_type_check_finds_nothing_in_R4s_search_parameters()
    {
        var parts = DefinitionSet.R4.All("SearchParameter").SelectMany(Parts).Distinct().ToList();

        Assert.True(parts.Count > 1_000, $"{parts.Count} parts");
        Assert.All(parts, part => Assert.Empty(FhirPath.CompileDefinition(part.Expression).Expression!.Check(part.Type)));
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

    /// <summary>Constraints with the type of the element they are on, where it has one type.</summary>
    private static IEnumerable<(string Type, string Key, string Expression)> TypedConstraints(FhirElement structure)
    {
        foreach (var element in structure["snapshot"]["element"])
        {
            var path = element["path"].AsString()!;
            var code = element["type"].Count == 1 ? element["type"][0]["code"].AsString() : null;
            var type = !path.Contains('.', StringComparison.Ordinal) || code is "BackboneElement" or "Element" ? path : code;
            foreach (var constraint in element["constraint"])
            {
                if (type is not null && constraint["expression"].AsString() is { } text)
                {
                    yield return (type, constraint["key"].AsString()!, text);
                }
            }
        }
    }

    /// <summary>What a search parameter's expression says of each of its types.</summary>
    private static IEnumerable<(string Type, string Expression)> Parts(FhirElement parameter)
    {
        foreach (var type in parameter["base"])
        {
            foreach (var part in (parameter["expression"].AsString() ?? "").Split(" | "))
            {
                if (part.TrimStart('(').StartsWith($"{type.AsString()}.", StringComparison.Ordinal))
                {
                    yield return (type.AsString()!, part);
                }
            }
        }
    }
}
