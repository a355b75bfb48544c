using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Paths;

namespace Isthmus.Fhir.Tests.Paths;

/// <summary>What an evaluation is told from outside, and what it makes of not being told.</summary>
public sealed class ContextTests
{
    [Theory]
    [InlineData("now()")]
    [InlineData("today()")]
    [InlineData("timeOfDay()")]
    [InlineData("managingOrganization.resolve()")]
    [InlineData("gender.memberOf('http://hl7.org/fhir/ValueSet/administrative-gender')")]
    [InlineData("contact.relationship.coding.subsumes(%context.contact.relationship.coding)")]
    public void What_nobody_can_answer_is_empty(string expression) => Assert.Equal("", Sample.Ask(expression, FhirPathContext.None));

    [Fact]
    public void The_clock_is_the_callers() =>
        Assert.Equal("@2026-03-02T10:30:00.000+01:00,@2026-03-02,@T10:30:00.000", Sample.Ask("now().combine(today()).combine(timeOfDay())"));

    [Fact]
    public void References_are_resolved_by_the_caller()
    {
        var organization = Sample.Read("""{"resourceType": "Organization", "name": "Invented Clinic"}""");
        var context = Sample.Context with { Resolve = reference => reference == "Organization/1" ? organization : default };

        Assert.Equal("Invented Clinic", Sample.Ask("managingOrganization.resolve().name", context));
        Assert.Equal("true", Sample.Ask("managingOrganization.resolve() is Organization", context));
    }

    [Fact]
    public void Contained_resources_are_resolved_without_the_caller() =>
        Assert.Equal("Invented Ward", Sample.Ask("generalPractitioner.resolve().name"));

    [Fact]
    public void Terminology_and_profiles_are_asked_of_the_caller()
    {
        var context = Sample.Context with
        {
            Terminology = new FhirPathTerminology
            {
                MemberOf = (element, valueSet) => valueSet == "http://example.org/vs" ? element.TextEquals("female"u8) : null,
                Subsumes = (system, above, below) => above == below,
            },
            ConformsTo = (_, type, profile) => profile == "http://example.org/profile" ? type == "Patient" : null,
        };

        Assert.Equal("true", Sample.Ask("gender.memberOf('http://example.org/vs')", context));
        Assert.Equal("", Sample.Ask("gender.memberOf('http://example.org/other')", context));
        Assert.Equal("true", Sample.Ask("contact.relationship.coding.subsumes(%context.contact.relationship.coding)", context));
        Assert.Equal("true", Sample.Ask("conformsTo('http://example.org/profile')", context));
        Assert.Equal("false", Sample.Ask("name.first().conformsTo('http://example.org/profile')", context));
        Assert.Equal("FAULT", Sample.Ask("conformsTo('http://example.org/other')", context));
    }

    [Fact]
    public void Variables_are_given_by_the_caller()
    {
        var name = FhirPath.Compile("name.first()").Expression!.Evaluate(Sample.Patient)[0];
        var context = Sample.Context with { Variables = new Dictionary<string, FhirPathValue> { ["first name"] = name } };

        Assert.Equal("Sample", Sample.Ask("%`first name`.family", context));
        Assert.Equal(PathRules.Variable.Rule, Sample.RuleOf("%other", context));
    }

    [Fact]
    public void Trace_shows_what_passes_and_changes_nothing()
    {
        var seen = new List<(string Name, int Count)>();
        var context = Sample.Context with { Trace = (name, items) => seen.Add((name, items.Count)) };

        Assert.Equal("3", Sample.Ask("name.trace('all').trace('given', given).count()", context));
        Assert.Equal([("all", 3), ("given", 5)], seen);
    }

    [Fact]
    public void A_focus_deep_in_a_resource_needs_no_walk_from_its_root()
    {
        var contact = Sample.Patient["contact"][0];
        var expression = FhirPath.Compile("name.exists() and relationship.coding.code = 'N' and %resource.id = 'example'").Expression!;

        Assert.Equal(PathTruth.True, expression.IsTrue(contact, "Patient.contact", Sample.Patient, Sample.Patient, null, out _));
        Assert.Equal(PathTruth.True, expression.IsTrue(contact, null, Sample.Patient, Sample.Patient, null, out _));
    }

    [Theory]
    [InlineData("name.exists()", PathTruth.True)]
    [InlineData("photo.exists()", PathTruth.False)]
    [InlineData("photo.url = 'a'", PathTruth.Empty)]
    [InlineData("name = 1 + true", PathTruth.Fault)]
    public void A_condition_is_true_false_open_or_at_fault(string text, PathTruth expected)
    {
        var truth = FhirPath.Compile(text).Expression!.IsTrue(Sample.Patient, "Patient", Sample.Patient, Sample.Patient, null, out var fault);

        Assert.Equal(expected, truth);
        Assert.Equal(expected == PathTruth.Fault, fault is not null);
    }

    [Fact]
    public void A_primitive_may_have_extensions_and_no_value()
    {
        Assert.Equal("false,true", Sample.Ask("contact.name.given.select(hasValue())"));
        Assert.Equal("absent", Sample.Ask("contact.name.given.id"));
        Assert.Equal("Ida", Sample.Ask("contact.name.given.join(',')"));
        Assert.Equal("VV", Sample.Ask("contact.name.family.extension.value"));
        Assert.Equal("@1974-12-25T14:35:45-05:00", Sample.Ask("birthDate.extension('http://hl7.org/fhir/StructureDefinition/patient-birthTime').value.getValue()"));
    }

    [Fact]
    public void An_evaluation_within_an_evaluation_stands_on_its_own()
    {
        var inner = FhirPath.Compile("name.given.first()").Expression!;
        var context = Sample.Context with { ConformsTo = (element, _, _) => inner.Evaluate(Sample.Patient)[0].AsString() == "Mara" };

        Assert.Equal("true,true,true", Sample.Ask("name.select(conformsTo('x'))", context));
    }

    [Fact]
    public void Threads_share_an_expression()
    {
        var expression = FhirPath.Compile("name.where(use = 'usual' or family.matches('^S')).select(given.first() & defineVariable('f', family).select(%f)).join('-')").Expression!;
        var wrong = 0;
        Parallel.For(0, 20_000, _ =>
        {
            if (expression.Evaluate(Sample.Patient, Sample.Context)[0].AsString() != "MaraSample-Mari")
            {
                Interlocked.Increment(ref wrong);
            }
        });

        Assert.Equal(0, wrong);
    }

    [Fact]
    public void Nothing_prints_content()
    {
        var result = FhirPath.Compile("name.family").Expression!.Evaluate(Sample.Patient);

        Assert.DoesNotContain("Sample", result.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Sample", result[0].ToString(), StringComparison.Ordinal);
    }
}
