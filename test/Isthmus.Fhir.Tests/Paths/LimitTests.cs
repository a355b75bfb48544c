using System.Diagnostics;
using System.Text;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Paths;

namespace Isthmus.Fhir.Tests.Paths;

/// <summary>Whatever is asked, the answer or the refusal comes in bounded time and memory.</summary>
public sealed class LimitTests
{
    /// <summary>Long enough for a busy machine; what is not bounded would take hours.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly FhirPathContext Small = Sample.Context with { Limits = new FhirPathLimits { MaxSteps = 100_000, MaxItems = 20_000, MaxText = 10_000 } };

    public static TheoryData<string> Deep =>
    [
        new string('(', 100_000),
        new string('(', 30_000) + "1" + new string(')', 30_000),
        string.Concat(Enumerable.Repeat("-", 60_000)) + "1",
        string.Concat(Enumerable.Repeat("a.", 30_000)) + "a",
        string.Concat(Enumerable.Repeat("1+", 30_000)) + "1",
        string.Concat(Enumerable.Repeat("a[", 20_000)),
        string.Concat(Enumerable.Repeat("where(", 10_000)) + string.Concat(Enumerable.Repeat(")", 10_000)),
        string.Concat(Enumerable.Repeat("iif(true,", 7_000)),
        string.Concat(Enumerable.Repeat("name.select(", 5_000)) + "1" + string.Concat(Enumerable.Repeat(")", 5_000)),
        new string('a', 70_000),
    ];

    [Theory]
    [MemberData(nameof(Deep))]
    public void A_deep_or_long_expression_is_refused(string expression) =>
        Assert.Contains(FhirPath.Compile(expression).Fault!.Rule, new[] { PathRules.TooDeep.Rule, PathRules.TooLong.Rule });

    [Fact]
    public void An_expression_as_deep_as_allowed_is_evaluated()
    {
        var nested = string.Concat(Enumerable.Repeat("iif(true, ", FhirPathLimits.MaxDepth / 2)) + "1" + new string(')', FhirPathLimits.MaxDepth / 2);

        Assert.Equal("1", Sample.Ask(nested));
        Assert.Equal("400", Sample.Ask(string.Join('+', Enumerable.Repeat("1", 400))));
    }

    [Theory]
    [InlineData("descendants().select(%context.descendants()).select(%context.descendants()).select(%context.descendants())")]
    [InlineData("repeatAll($this)")]
    [InlineData("(0).repeat($this + 1)")]
    [InlineData("(1).repeatAll($this | $this + 1)")]
    [InlineData("descendants().where(%context.descendants().where(%context.descendants().exists($this = 1)).exists())")]
    [InlineData("'ab'.toChars().select('ab'.toChars()).select('abcdefgh'.toChars()).select('abcdefgh'.toChars()).select('abcdefgh'.toChars()).select('abcdefghabcdefgh'.toChars())")]
    public void Collections_that_explode_are_given_up(string expression)
    {
        var clock = Stopwatch.StartNew();

        Assert.Contains(Sample.RuleOf(expression, Small), new[] { PathRules.Steps.Rule, PathRules.Items.Rule });
        Assert.True(clock.Elapsed < Patience, "It took too long.");
    }

    [Theory]
    [InlineData("(1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16|17).aggregate($total & $total & 'aaaaaaaaaa', 'a')")]
    [InlineData("'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'.replace('a', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb').replace('b', 'cccccccccccccccccccc')")]
    public void Texts_that_explode_are_given_up(string expression) => Assert.Equal(PathRules.TextLength.Rule, Sample.RuleOf(expression, Small));

    [Theory]
    [InlineData("(a+)+$")]
    [InlineData("(a|aa)+$")]
    [InlineData("(a|a?)+$")]
    [InlineData("(.*a){20}$")]
    [InlineData("(x+x+)+y")]
    public void A_catastrophic_pattern_takes_no_longer_than_the_limit(string pattern)
    {
        var text = new string('a', 20_000) + "!";
        var clock = Stopwatch.StartNew();
        var rule = Sample.RuleOf($"'{text}'.matches('{pattern}')");

        Assert.True(rule is null || rule == PathRules.RegexTime.Rule, rule);
        Assert.True(clock.Elapsed < Patience, "It took too long.");
    }

    [Theory]
    [InlineData("(?=a)b")]
    [InlineData("(a)\\\\1")]
    [InlineData("a++")]
    [InlineData("[")]
    public void A_pattern_that_needs_backtracking_is_refused(string pattern) =>
        Assert.Equal(PathRules.Regex.Rule, Sample.RuleOf($"'a'.matches('{pattern}')"));

    [Theory]
    [InlineData("descendants().where(%resource.text.div = %resource.text.div).select(%context.descendants().where(%resource.text.div = %resource.text.div)).select(%context.descendants()).count()")]
    [InlineData("descendants().select(%context.descendants().where(%resource.text.div.matches('(a|b|c)*d'))).select(%context.descendants().where(%resource.text.div.matches('(a|b|c)*d')))")]
    [InlineData("descendants().select(%context.descendants().where('aaa'.matches($index.toString() & 'x{1,100}')))")]
    [InlineData("descendants().select(%context.descendants().select(4 'g' = 4000 'mg')).select(%context.descendants().select(4 'g/L' = 4000 'mg/dL'))")]
    [InlineData("descendants().select(%context.descendants()).select(%resource.text.div.htmlChecks())")]
    [InlineData("descendants().select(%context.descendants().select(%resource.text.div.upper().lower().replace('x', 'y').length()))")]
    public void What_costs_more_than_a_look_counts_for_more(string expression)
    {
        var narrative = new string('a', 300_000);
        var root = Sample.Read($$"""{"resourceType":"Patient","text":{"div":"{{narrative}}"},"name":[{{string.Join(',', Enumerable.Repeat("""{"given":["a","b"]}""", 60))}}]}""");
        var clock = Stopwatch.StartNew();
        var result = FhirPath.Compile(expression).Expression!.Evaluate(root, Sample.Context);

        Assert.True(clock.Elapsed < Patience, $"It took {clock.Elapsed}.");
        Assert.True(result.Fault is null || result.Fault.Rule.StartsWith("fhirpath.too-", StringComparison.Ordinal) || result.Fault.Rule == PathRules.RegexTime.Rule, result.Fault?.Rule);
    }

    [Fact]
    public void A_Bundle_of_many_entries_is_distinct_in_linear_time()
    {
        var bundle = new StringBuilder("""{"resourceType":"Bundle","type":"collection","entry":[""");
        for (var i = 0; i < 100_000; i++)
        {
            bundle.Append(i == 0 ? "" : ",").Append(System.Globalization.CultureInfo.InvariantCulture, $"{{\"fullUrl\":\"urn:uuid:{i}\"}}");
        }

        var root = Sample.Read(bundle.Append("]}").ToString());
        var clock = Stopwatch.StartNew();
        var truth = FhirPath.Compile("(type = 'history') or entry.where(fullUrl.exists()).select(fullUrl&resource.meta.versionId).isDistinct()").Expression!
            .IsTrue(root, "Bundle", root, root, null, out var fault);

        Assert.Equal((PathTruth.True, null), (truth, fault));
        Assert.True(clock.Elapsed < Patience, "It took too long.");
    }

    [Fact]
    public void Extensions_of_the_items_of_a_long_array_cost_no_quadratic_time()
    {
        var items = string.Join(',', Enumerable.Repeat("\"a\"", 60_000));
        var root = Sample.Read($$"""{"resourceType":"Patient","name":[{"given":[{{items}}],"_given":[{{string.Join(',', Enumerable.Repeat("null", 60_000))}}]}]}""");
        var clock = Stopwatch.StartNew();
        _ = FhirPath.Compile("name.given.extension.exists()").Expression!.Evaluate(root);

        Assert.True(clock.Elapsed < Patience, "It took too long.");
    }

    [Fact]
    public void A_fault_leaves_nothing_behind_for_the_next_evaluation()
    {
        Assert.Equal("FAULT", Sample.Ask("descendants().select(%context.descendants()).select(%context.descendants())", Small));
        Assert.Equal("Mara,Ilse,Mari,Mara,Ilse", Sample.Ask("name.given"));
    }
}
