using System.Reflection;
using System.Text;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Search;
using Isthmus.Fhir.Search.Query;
using Isthmus.Records;
using Isthmus.Testing;

namespace Isthmus.Api.Tests.Fhir;

/// <summary>The page on the FHIR API says what the code does. With ISTHMUS_ACCEPT=1 its table of types is written anew.</summary>
public sealed class ApiPageTests
{
    private const string Begin = "<!-- types -->\n";
    private const string End = "<!-- /types -->";

    private static readonly string Path = Repository.PathOf("docs", "protocols", "fhir-api.md");

    [Fact]
    public void Every_type_is_there_with_its_parameters()
    {
        var page = File.ReadAllText(Path);
        var (start, end) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, page.IndexOf(End, StringComparison.Ordinal));
        var table = Table();
        if (Environment.GetEnvironmentVariable("ISTHMUS_ACCEPT") == "1")
        {
            File.WriteAllText(Path, page[..start] + table + page[end..]);
        }

        Assert.Equal(table, page[start..end]);
    }

    [Fact]
    public void Every_rule_of_searching_is_there()
    {
        var page = File.ReadAllText(Path);
        var rules = typeof(SearchRules).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => ((SearchRule)f.GetValue(null)!).Id).ToList();

        Assert.NotEmpty(rules);
        Assert.All(rules, rule => Assert.Contains($"`{rule}`", page, StringComparison.Ordinal));
    }

    private static string Table()
    {
        var table = new StringBuilder("| type | parameters |\n|---|---|\n");
        var index = SearchIndex.Of(DefinitionSet.R4);
        foreach (var type in ResourceTypes.All.Order(StringComparer.Ordinal))
        {
            var own = index.Parameters(type).Select(p => p.Code).Where(code => !code.StartsWith('_')).Order(StringComparer.Ordinal);
            table.Append($"| {type} | {string.Join(", ", own)} |\n");
        }

        return table.ToString();
    }
}
