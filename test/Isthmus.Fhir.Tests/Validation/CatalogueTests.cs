using System.Reflection;
using System.Text.RegularExpressions;
using Isthmus.Fhir.Validation;
using Isthmus.Fhir.Validation.Findings;
using Isthmus.Testing;

namespace Isthmus.Fhir.Tests.Validation;

/// <summary>
/// <c>docs/reference/findings.md</c> is what the engine says of its rules. To write it anew:
/// <c>./isthmus validate --rules > docs/reference/findings.md</c>.
/// </summary>
public sealed partial class CatalogueTests
{
    private static readonly string Page = Repository.PathOf("docs", "reference", "findings.md");

    [Fact]
    public void The_page_is_what_the_engine_says() => Assert.Equal(FindingCatalogue.ToMarkdown(), File.ReadAllText(Page));

    [Fact]
    public void Every_rule_that_the_engine_names_is_in_the_catalogue()
    {
        var known = FindingCatalogue.All.Select(rule => rule.Id).ToHashSet(StringComparer.Ordinal);
        var named = Directory.EnumerateFiles(Repository.PathOf("src", "Engines", "Isthmus.Fhir"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(file => RuleId().Matches(File.ReadAllText(file)).Select(match => match.Groups["id"].Value))
            .Distinct(StringComparer.Ordinal);

        Assert.Empty(named.Except(known, StringComparer.Ordinal));
    }

    [Fact]
    public void Every_rule_has_an_example_and_a_remedy_and_an_id_of_its_own()
    {
        Assert.All(FindingCatalogue.All, rule =>
        {
            Assert.NotEmpty(rule.Example);
            Assert.NotEmpty(rule.Remedy);
        });
        Assert.Equal(FindingCatalogue.All.Count, FindingCatalogue.All.Select(rule => rule.Id).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Every_rule_of_the_validator_is_raised_somewhere()
    {
        var source = string.Join('\n', Directory.EnumerateFiles(Repository.PathOf("src", "Engines", "Isthmus.Fhir", "Validation"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        var rules = typeof(FindingCatalogue).Assembly.GetTypes()
            .Where(type => type.Namespace == "Isthmus.Fhir.Validation.Findings")
            .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static))
            .Where(field => field.FieldType == typeof(FindingRule))
            .Select(field => $"{field.DeclaringType!.Name}.{field.Name}")
            .ToList();

        Assert.True(rules.Count > 80);
        Assert.DoesNotContain(rules, rule => !source.Contains(rule, StringComparison.Ordinal));
    }

    [GeneratedRegex("\"(?<id>fhir(path)?\\.[a-z0-9]+(-[a-z0-9]+)*(\\.[a-z0-9]+(-[a-z0-9]+)*)?)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RuleId();
}
