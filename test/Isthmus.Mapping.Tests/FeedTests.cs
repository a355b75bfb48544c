using System.Text;
using Isthmus.Mapping.Feeds;
using Isthmus.Mapping.Language;

namespace Isthmus.Mapping.Tests;

public sealed class FeedTests
{
    private static readonly string Examples = Path.Combine(Demo.Site, "maps", "examples");

    [Theory]
    [InlineData("clinic-results", "clinic-results.csv")]
    [InlineData("vendor-lab", "vendor-lab.input.json")]
    public void The_example_beside_a_feeds_map_is_what_it_makes(string name, string input)
    {
        var made = new MapExample(Demo.Maps).Made(Feed(name), File.ReadAllBytes(Path.Combine(Examples, input)));

        Assert.NotNull(made);
        Assert.Empty(MapExample.Differences(File.ReadAllText(Path.Combine(Examples, name + ".json")), made));
    }

    [Fact]
    public void A_quoted_cell_may_hold_delimiters_quotation_marks_and_lines()
    {
        var record = Assert.Single(Read("clinic-results", "patient_id;family;given\r\nP1;\"Sam;p\"\"l|e^\";\"In\nvented\"\r\n\r\n"));

        Assert.Contains("\"family\":\"Sam;p\\\"l|e^\"", Patient(record), StringComparison.Ordinal);
        Assert.Contains("In\\nvented", Patient(record), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_wrong_with_a_row_is_found_by_column_and_the_rest_lives()
    {
        var records = Read("clinic-results", "patient_id;family;surname\nP1;Sample;x;y\nP2;\"Sample");

        Assert.Equal(2, records[0].Number);
        Assert.Contains((FeedRules.CellCount.Rule, "row"), records[0].Findings.Select(finding => (finding.Rule, finding.Column)));
        Assert.Contains((FeedRules.ColumnMissing.Rule, "value"), records[0].Findings.Select(finding => (finding.Rule, finding.Column)));
        Assert.Equal(["surname"], records[0].Unknown);
        Assert.Contains("\"family\":\"Sample\"", Patient(records[0]), StringComparison.Ordinal);
        Assert.Null(records[1].Message);
        Assert.Equal(FeedRules.QuoteOpen.Rule, Assert.Single(records[1].Findings).Rule);
    }

    [Theory]
    [InlineData("{\"patient\":{\"id\":\"A\"}}", 1)]
    [InlineData("[{\"patient\":{\"id\":\"A\"}},{\"patient\":{\"id\":\"B\"}}]", 2)]
    [InlineData("{\"patient\":{\"id\":\"A\"}}\n{\"patient\":{\"id\":\"B\"}}\n", 2)]
    [InlineData("", 0)]
    public void Json_is_one_object_an_array_of_them_or_one_behind_another(string json, int records) =>
        Assert.Equal(records, Read("vendor-lab", json).Count(record => record.Message is not null));

    [Theory]
    [InlineData("{\"patient\":", "feed.json-syntax")]
    [InlineData("[1]", "feed.json-not-object")]
    [InlineData("{\"patient\":{\"id\":\"\\u0000\"}}", "feed.value-unreadable")]
    [InlineData("{\"collectedAt\":\"yesterday\"}", "feed.date-form")]
    [InlineData("{\"patient\":{\"id\":\"A\"},\"patient\":{\"id\":\"B\"}}", "feed.json-name-twice")]
    [InlineData("{\"results\":[{\"value\":1,\"value\":2}]}", "feed.json-name-twice")]
    [InlineData("{\"patient\":{\"id\":\"\\ud800\"}}", "feed.json-not-text")]
    [InlineData("{\"\\ud800\":1}", "feed.json-not-text")]
    public void What_is_no_record_is_a_finding(string json, string rule) =>
        Assert.Contains(rule, Read("vendor-lab", json).SelectMany(record => record.Findings).Select(finding => finding.Rule));

    [Fact]
    public void A_place_is_called_what_the_feed_calls_it()
    {
        var record = Assert.Single(Read("vendor-lab", "{\"patient\":{\"id\":\"A\"},\"results\":[{\"id\":\"1\",\"value\":\"1\"},{\"id\":\"2\",\"value\":\"1,5\"}]}"));
        using var translation = Demo.Translator.Translate(record.Message!, Demo.Context);

        Assert.Equal("results[2].value", Feed("vendor-lab").NameOf(Assert.Single(translation.Findings).Location));
        Assert.Equal(2, translation.Resources.Count(resource => resource.Type == "Observation"));
    }

    [Fact]
    public void A_rule_that_names_no_column_is_refused_with_its_line()
    {
        var loaded = Demo.Load(Demo.Files().Append(("maps/test.yaml", Encoding.UTF8.GetBytes("""
            version: 1.0.0
            feed: test
            from: csv
            columns: [number, sex]
            resources:
              - name: patient
                type: Patient
                key: [numbr]
                rules:
                  - { from: born, to: birthDate }
                  - { from: sex, to: gendr }
                  - { from: number, to: "name[1].text", text: "{number} {nme}" }
                  - { from: sex, to: gender, value: female, when: "sex = F and sex = M" }
            """))));

        Assert.Equal(
            [(MapRules.SourceUnknown, 6), (MapRules.SourceUnknown, 10), (MapRules.Target, 11), (MapRules.SourceUnknown, 12), (MapRules.Impossible, 13)],
            loaded.Faults.OrderBy(fault => fault.Line).Select(fault => (fault.Rule, fault.Line)));
    }

    private static FeedMap Feed(string name) => Demo.Maps.Feeds.Single(feed => feed.Name == name);

    private static List<FeedRecord> Read(string feed, string content) => [.. Feed(feed).Read(Encoding.UTF8.GetBytes(content))];

    private static string Patient(FeedRecord record)
    {
        using var translation = Demo.Translator.Translate(record.Message!, Demo.Context);
        return Encoding.UTF8.GetString(translation.Resources.Single(resource => resource.Type == "Patient").Json.Span);
    }
}
