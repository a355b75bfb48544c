using Isthmus.Fhir.Paths;

namespace Isthmus.Fhir.Tests.Paths;

public sealed class FaultTests
{
    public static TheoryData<string, string, int> Refused => new()
    {
        { "name.", PathRules.Syntax.Rule, 5 },
        { "name..given", PathRules.Syntax.Rule, 5 },
        { "(name", PathRules.Syntax.Rule, 5 },
        { "name)", PathRules.Syntax.Rule, 4 },
        { "1 + ", PathRules.Syntax.Rule, 4 },
        { "where(", PathRules.Syntax.Rule, 6 },
        { "iif(true, 1,)", PathRules.Syntax.Rule, 12 },
        { "%", PathRules.Syntax.Rule, 1 },
        { "$that", PathRules.Syntax.Rule, 1 },
        { "a # b", PathRules.Character.Rule, 2 },
        { "name = 'x", PathRules.OpenString.Rule, 7 },
        { "`name", PathRules.OpenString.Rule, 0 },
        { "1 /* never", PathRules.OpenComment.Rule, 2 },
        { @"'a\qb'", PathRules.Escape.Rule, 2 },
        { @"'\u12'", PathRules.Escape.Rule, 1 },
        { "@2014-02-30", PathRules.Time.Rule, 0 },
        { "@", PathRules.Time.Rule, 0 },
        { "99999999999999999999999999999999", PathRules.Number.Rule, 0 },
        { "name.nothing()", PathRules.Function.Rule, 5 },
        { "name.where()", PathRules.Arguments.Rule, 5 },
        { "name.first(1)", PathRules.Arguments.Rule, 5 },
        { "name.ofType(1)", PathRules.TypeExpected.Rule, 12 },
        { "name.ofType(Nothing)", PathRules.TypeUnknown.Rule, 12 },
        { "name is 1", PathRules.TypeExpected.Rule, 8 },
        { "defineVariable('a').defineVariable('a')", PathRules.VariableTwice.Rule, 20 },
        { "true and name.given", PathRules.Singleton.Rule, 14 },
        { "%nothing", PathRules.Variable.Rule, 0 },
        { "1 + true", PathRules.Operand.Rule, 2 },
        { "'a'.substring('b')", PathRules.Argument.Rule, 4 },
        { "'a'.matches('(a')", PathRules.Regex.Rule, 4 },
        { "conformsTo('http://example.org/nothing')", PathRules.Profile.Rule, 0 },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_fault_has_a_rule_and_the_place_in_the_expression(string expression, string rule, int position)
    {
        var compiled = FhirPath.Compile(expression);
        var fault = compiled.Fault ?? compiled.Expression!.Evaluate(Sample.Patient, Sample.Context).Fault;

        Assert.NotNull(fault);
        Assert.Equal((rule, position), (fault.Rule, fault.Position));
    }

    [Fact]
    public void Every_rule_has_an_id_of_its_own_and_a_sentence()
    {
        var rules = typeof(PathRules).GetFields().Select(field => (PathRule)field.GetValue(null)!).ToList();

        Assert.Equal(rules.Count, rules.Select(rule => rule.Rule).Distinct().Count());
        Assert.All(rules, rule => Assert.Matches("^fhirpath\\.[a-z-]+$", rule.Rule));
        Assert.All(rules, rule => Assert.EndsWith(".", rule.Message));
        Assert.All(rules, rule => Assert.EndsWith(".", rule.Remedy));
    }

    [Theory]
    [InlineData("Patient.name.given1", "fhirpath.element-unknown")]
    [InlineData("Observation.value", "fhirpath.element-unknown")]
    [InlineData("deceasedBoolean", "fhirpath.element-unknown")]
    [InlineData("name.where(givn = 'a')", "fhirpath.element-unknown")]
    [InlineData("name.select(period.begin)", "fhirpath.element-unknown")]
    [InlineData("children().skip(1)", "fhirpath.order-undefined")]
    [InlineData("descendants().where(exists()).first()", "fhirpath.order-undefined")]
    [InlineData("children()[0]", "fhirpath.order-undefined")]
    [InlineData("identifier.contains('a')", "fhirpath.type-mismatch")]
    [InlineData("contact.name.startsWith('a')", "fhirpath.type-mismatch")]
    public void The_type_check_finds_what_the_type_does_not_have(string expression, string rule) =>
        Assert.Equal(rule, Assert.Single(FhirPath.Compile(expression).Expression!.Check("Patient")).Rule);

    [Theory]
    [InlineData("Patient.name.given.first() = 'a'")]
    [InlineData("deceased.is(boolean) or deceased.as(dateTime).exists()")]
    [InlineData("contained.name | contained.anything")]
    [InlineData("extension('x').value.code")]
    [InlineData("descendants().anything.more")]
    [InlineData("name.repeat(period.anything)")]
    [InlineData("descendants().ofType(string).sort().first()")]
    [InlineData("birthDate.startsWith('19')")]
    [InlineData("generalPractitioner.resolve().ofType(Practitioner).name")]
    [InlineData("iif('text', 1, 2)")]
    public void The_type_check_is_silent_in_doubt(string expression) =>
        Assert.Empty(FhirPath.Compile(expression).Expression!.Check("Patient"));

    [Fact]
    public void A_strict_check_wants_conditions_to_be_booleans() =>
        Assert.Equal(PathRules.Mismatch.Rule, Assert.Single(FhirPath.Compile("iif('text', 1, 2)").Expression!.Check("Patient", strict: true)).Rule);
}
