using System.Diagnostics;
using System.Text;
using Isthmus.Fhir.Terminology;

namespace Isthmus.Fhir.Tests.Terminology;

public sealed class HostileTerminologyTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

    [Fact]
    public void Value_sets_that_include_each_other_end_with_a_finding()
    {
        var terminology = Sample.With(
            Sample.Animals,
            Sample.ValueSet("a", """{"include":[{"valueSet":["http://sample.example/vs/b"]},{"system":"http://sample.example/animals","concept":[{"code":"dog"}]}]}"""),
            Sample.ValueSet("b", """{"include":[{"valueSet":["http://sample.example/vs/a"]},{"system":"http://sample.example/animals","concept":[{"code":"cat"}]}]}"""));
        var set = terminology.ValueSet(Sample.Url("a"));
        Assert.Contains(set.Findings, finding => finding.Rule == "fhir.terminology.value-set-cycle");
        Assert.Equal(Membership.Yes, set.Has(Sample.System, "dog"));
        Assert.Equal(Membership.Yes, set.Has(Sample.System, "cat"));
        Assert.Equal(Membership.Unknown, set.Has(Sample.System, "owl"));
    }

    [Fact]
    public void A_web_of_value_sets_is_evaluated_once_each()
    {
        // 2^40 ways from the first to the last.
        var sets = Enumerable.Range(0, 40).Select(i => Sample.ValueSet($"n{i}", $$"""{"include":[{"valueSet":["{{Sample.Url($"n{i + 1}")}}"]},{"valueSet":["{{Sample.Url($"n{i + 1}")}}"]}]}"""))
            .Append(Sample.ValueSet("n40", """{"include":[{"system":"http://sample.example/animals"}]}""")).Append(Sample.Animals);
        var watch = Stopwatch.StartNew();
        Assert.Equal(8, Sample.With([.. sets]).ValueSet(Sample.Url("n0")).Count);
        Assert.True(watch.Elapsed < Bound);
    }

    [Fact]
    public void A_chain_of_value_sets_ends_at_its_limit()
    {
        var sets = Enumerable.Range(0, 100).Select(i => Sample.ValueSet($"n{i}", $$"""{"include":[{"valueSet":["{{Sample.Url($"n{i + 1}")}}"]}]}"""));
        var set = Sample.With([.. sets]).ValueSet(Sample.Url("n0"));
        Assert.Equal(Membership.Unknown, set.ContainsCode("x"u8));
        Assert.Contains(set.Findings, finding => finding.Rule == "fhir.terminology.value-set-too-deep");
    }

    [Fact]
    public void A_hierarchy_that_bites_its_tail_ends_with_a_finding()
    {
        var terminology = Sample.With(
            """
            {"resourceType":"CodeSystem","url":"http://sample.example/knot","status":"active","content":"complete",
             "concept":[{"code":"a","property":[{"code":"parent","valueCode":"c"}]},{"code":"b","property":[{"code":"parent","valueCode":"a"}]},
                        {"code":"c","property":[{"code":"parent","valueCode":"b"},{"code":"parent","valueCode":"c"}]},{"code":"d"}]}
            """,
            Sample.ValueSet("knot", """{"include":[{"system":"http://sample.example/knot","filter":[{"property":"concept","op":"is-a","value":"a"}]}]}"""));
        var set = terminology.ValueSet(Sample.Url("knot"));
        Assert.Equal(3, set.Count);
        Assert.Contains(set.Findings, finding => finding.Rule == "fhir.terminology.hierarchy-cycle");
        Assert.Equal(SubsumptionOutcome.Equivalent, Subsumption.Of(terminology, "http://sample.example/knot", "a", "b").Outcome);
        Assert.Equal(SubsumptionOutcome.NotSubsumed, Subsumption.Of(terminology, "http://sample.example/knot", "a", "d").Outcome);
    }

    [Theory]
    [InlineData("(a+)+$")]
    [InlineData("(a|aa)*b")]
    [InlineData("(((a{50}){50}){50}){50}")]
    [InlineData("(a)\\1")]
    [InlineData("((((")]
    [InlineData("(?=a)b")]
    public void A_hostile_regular_expression_is_bounded(string pattern)
    {
        var code = new string('a', 20_000) + "!";
        var escaped = pattern.Replace("\\", "\\\\", StringComparison.Ordinal);
        var watch = Stopwatch.StartNew();
        var set = Sample.With(
            $$"""{"resourceType":"CodeSystem","url":"http://sample.example/long","status":"active","content":"complete","concept":[{"code":"{{code}}"}]}""",
            Sample.ValueSet("regex", $$"""{"include":[{"system":"http://sample.example/long","filter":[{"property":"code","op":"regex","value":"{{escaped}}"}]}]}""")).ValueSet(Sample.Url("regex"));
        Assert.True(watch.Elapsed < Bound, $"{watch.Elapsed}");
        Assert.NotEqual(Membership.Yes, set.Contains("http://sample.example/long"u8, Encoding.UTF8.GetBytes(code)));
        Assert.Equal(set.IsClosed, set.Findings.Count == 0);
    }

    [Fact]
    public void A_deep_code_system_and_a_long_one_are_compiled()
    {
        var deep = string.Concat(Enumerable.Range(0, 40).Select(i => $$"""{"code":"d{{i}}","concept":[""")) + """{"code":"end"}""" + string.Concat(Enumerable.Repeat("]}", 40));
        var wide = string.Join(',', Enumerable.Range(0, 50_000).Select(i => $$"""{"code":"w{{i}}"}"""));
        var terminology = Sample.With(
            $$"""{"resourceType":"CodeSystem","url":"http://sample.example/big","status":"active","content":"complete","concept":[{{deep}},{{wide}}]}""",
            Sample.ValueSet("big", """{"include":[{"system":"http://sample.example/big"}]}"""));
        var set = terminology.ValueSet(Sample.Url("big"));
        Assert.Equal(50_041, set.Count);
        Assert.Equal(SubsumptionOutcome.Subsumes, Subsumption.Of(terminology, "http://sample.example/big", "d0", "end").Outcome);
        var all = Expansion.Of(terminology, set, new ExpansionRequest());
        Assert.Empty(all.Codes);
        Assert.Contains(all.Findings, finding => finding.Rule == "fhir.terminology.too-costly");
        var page = Expansion.Of(terminology, set, new ExpansionRequest { Offset = 50_040, Count = 10 });
        Assert.Equal("w49999", Assert.Single(page.Codes).Code);
    }

    [Fact]
    public void Codes_from_messages_leave_nothing_behind()
    {
        var terminology = Sample.With(Sample.Animals);
        for (var i = 0; i < 20_000; i++)
        {
            Assert.Equal(Membership.Unknown, terminology.HasCode(Encoding.UTF8.GetBytes($"http://made-up.example/{i}"), "x"u8));
        }

        Assert.Equal(Membership.Yes, terminology.HasCode(Encoding.UTF8.GetBytes(Sample.System), "dog"u8));
    }
}
