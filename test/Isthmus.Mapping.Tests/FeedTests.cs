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
        var records = Read("clinic-results", "patient_id;family;surname\nP1;Sample;x\nP2;\"Sample");

        Assert.Equal(2, records[0].Number);
        Assert.Contains((FeedRules.ColumnMissing.Rule, "value"), Found(records[0]));
        Assert.Contains((FeedRules.ColumnUnknown.Rule, "surname"), Found(records[0]));
        Assert.Equal(["surname"], records[0].Unknown);
        Assert.Contains("\"family\":\"Sample\"", Patient(records[0]), StringComparison.Ordinal);
        Assert.Null(records[1].Message);
        Assert.Equal(FeedRules.QuoteOpen.Rule, Assert.Single(records[1].Findings).Rule);
    }

    [Fact]
    public void A_row_that_is_too_long_is_not_read_for_nobody_knows_which_cell_was_cut_in_two()
    {
        var records = Read("clinic-results", "patient_id;family;given\nP1;Sample;Sam;x\nP2;Sample\nP3;Sample;Sam;;\n");

        Assert.Null(records[0].Message);
        Assert.Equal((FeedRules.CellsBeyond.Rule, "row"), Assert.Single(Found(records[0])));
        Assert.Contains((FeedRules.CellCount.Rule, "row"), Found(records[1]));
        Assert.NotNull(records[1].Message);
        Assert.DoesNotContain((FeedRules.CellCount.Rule, "row"), Found(records[2]));
    }

    [Fact]
    public void A_row_without_its_key_is_found_and_never_takes_the_id_of_another_files_row()
    {
        var one = Assert.Single(Read("clinic-results", "patient_id;family;measurement_id\n;Sample;M1\n"));
        var other = Assert.Single(Read("clinic-results", "patient_id;family;measurement_id\n;Other;\n"));

        Assert.Contains((FeedRules.KeyEmpty.Rule, "patient_id"), Found(one));
        Assert.DoesNotContain((FeedRules.KeyEmpty.Rule, "measurement_id"), Found(one));
        Assert.Contains((FeedRules.KeyEmpty.Rule, "measurement_id"), Found(other));
        Assert.NotEqual(Patient(one)[..60], Patient(other)[..60]);
    }

    [Fact]
    public void A_header_that_names_a_column_twice_gives_neither()
    {
        var record = Assert.Single(Read("clinic-results", "patient_id;family;Family;family\nP1;A;B;C\n"));

        Assert.Contains((FeedRules.ColumnTwice.Rule, "family"), Found(record));
        Assert.DoesNotContain((FeedRules.ColumnMissing.Rule, "family"), Found(record));
        Assert.DoesNotContain("\"family\"", Patient(record), StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_in_other_capitals_is_read_and_found()
    {
        var record = Assert.Single(Read("clinic-results", "Patient_ID; FAMILY \nP1;Sample\n"));

        Assert.Contains((FeedRules.HeaderCase.Rule, "family"), Found(record));
        Assert.DoesNotContain((FeedRules.ColumnMissing.Rule, "family"), Found(record));
        Assert.Contains("\"family\":\"Sample\"", Patient(record), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("patient_id;family\rP1;Sample\rP2;Sample")]
    [InlineData("\uFEFFpatient_id;family\r\nP1;Sample\r\n;\r\nP2;Sample\r\n")]
    [InlineData("patient_id;family\n\nP1;Sample\n   \nP2;Sample")]
    public void Lines_end_as_they_like_and_a_byte_order_mark_is_no_name(string file)
    {
        var records = Read("clinic-results", file);

        Assert.Equal(2, records.Count);
        Assert.All(records, record => Assert.Contains("\"family\":\"Sample\"", Patient(record), StringComparison.Ordinal));
        Assert.DoesNotContain((FeedRules.ColumnMissing.Rule, "patient_id"), Found(records[0]));
    }

    [Fact]
    public void A_cell_that_is_no_utf8_is_found()
    {
        var record = Assert.Single(Feed("clinic-results").Read(Encoding.Latin1.GetBytes("patient_id;family\nP1;Müller\n")));

        Assert.Contains((FeedRules.NotUtf8.Rule, "family"), Found(record));
    }

    [Theory]
    [InlineData("""{"patient":{"id":{"number":"A"}}}""", "feed.json-shape", "patient.id")]
    [InlineData("""{"patient":{"id":[{"number":"A"}]}}""", "feed.json-shape", "patient.id")]
    [InlineData("""{"patient":"A"}""", "feed.json-shape", "patient")]
    [InlineData("""{"patient":[{"id":"A"}]}""", "feed.json-shape", "patient")]
    [InlineData("""{"results":5}""", "feed.json-shape", "results")]
    [InlineData("""{"results":[{"id":"1"},5]}""", "feed.json-shape", "results")]
    [InlineData("""{"results":[{"id":"1"},{"id":"2","value":{"number":5}}]}""", "feed.json-shape", "results[2].value")]
    [InlineData("""{"results":[{"id":"1","test":"K"}]}""", "feed.json-shape", "results[1].test")]
    [InlineData("""{"patient":{"id":"A","born":["1980-01-02","1981-01-02"]}}""", "feed.values-left", "patient.born")]
    [InlineData("""{"patient":{"id":"A","colour":"blue"}}""", "feed.column-unknown", "patient.colour")]
    [InlineData("""{"patient":{"id":"A"},"extra":[{"a":1}]}""", "feed.column-unknown", "extra")]
    [InlineData("""{"patient":{"lastName":"Sample"}}""", "feed.key-empty", "patient.id")]
    [InlineData("""{"patient":{"id":"A"},"results":[{"id":"1"},{"value":5}]}""", "feed.key-empty", "results[2].id")]
    public void What_json_says_in_another_shape_than_the_map_is_found_where_it_stands(string json, string rule, string place) =>
        Assert.Contains((rule, place), Found(Assert.Single(Read("vendor-lab", json))));

    [Theory]
    [InlineData("""{"patient":{"id":"A","givenNames":["Sam","Lee"]},"results":{"id":"1","value":5}}""")]
    [InlineData("""{"orderNumber":null,"collectedAt":"2026-11","patient":{"id":["A"],"born":"1980"},"results":[null]}""")]
    public void What_loses_nothing_is_no_finding(string json) => Assert.Empty(Assert.Single(Read("vendor-lab", json)).Findings);

    [Fact]
    public void More_than_a_record_can_hold_is_found()
    {
        var names = string.Join(',', Enumerable.Repeat("\"Sam\"", 10_001));
        var results = string.Join(',', Enumerable.Range(0, 20_001).Select(number => $$"""{"id":"{{number}}"}"""));

        Assert.Contains((FeedRules.ValuesBeyond.Rule, "patient.givenNames"), Found(Assert.Single(Read("vendor-lab", $$$"""{"patient":{"id":"A","givenNames":[{{{names}}}]}}"""))));
        var unread = Assert.Single(Read("vendor-lab", $$$"""{"patient":{"id":"A"},"results":[{{{results}}}]}"""));
        Assert.Null(unread.Message);
        Assert.Contains((FeedRules.RecordTooLong.Rule, "record"), Found(unread));
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
    [InlineData("{\"patient\":{\"id\":\"\\\"\\\"\"}}", "feed.value-unreadable")]
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

    private static IEnumerable<(string Rule, string Column)> Found(FeedRecord record) => record.Findings.Select(finding => (finding.Rule, finding.Column));

    private static string Patient(FeedRecord record)
    {
        using var translation = Demo.Translator.Translate(record.Message!, Demo.Context);
        return Encoding.UTF8.GetString(translation.Resources.Single(resource => resource.Type == "Patient").Json.Span);
    }
}
