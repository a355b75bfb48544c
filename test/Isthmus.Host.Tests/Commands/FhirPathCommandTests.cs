using System.Text.Json;
using Isthmus.Testing;

namespace Isthmus.Host.Tests.Commands;

/// <summary><c>isthmus fhirpath</c> and the conformance commands as a person or a script calls them.</summary>
public sealed class FhirPathCommandTests : IDisposable
{
    private readonly DirectoryInfo folder = Scratch.NewFolder("fhirpath");

    public FhirPathCommandTests() => File.WriteAllText(
        PathOf("patient.json"),
        """{"resourceType":"Patient","gender":"female","name":[{"use":"official","family":"Sample","given":["Mara","Ilse"]}],"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">Mara</div>"}}""");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task An_expression_prints_what_it_gives_over_each_file()
    {
        var (code, answer) = await RunAsync("fhirpath", "name.where(use = 'official').given", PathOf("patient.json"), "--json");
        var items = JsonDocument.Parse(answer).RootElement[0].GetProperty("items");

        Assert.Equal(0, code);
        Assert.Equal(["string Mara", "string Ilse"], items.EnumerateArray().Select(item => $"{item.GetProperty("type").GetString()} {item.GetProperty("value").GetString()}"));
    }

    [Fact]
    public async Task It_asks_the_terminology_and_the_validator()
    {
        var (code, answer) = await RunAsync(
            "fhirpath",
            "gender.memberOf('http://hl7.org/fhir/ValueSet/administrative-gender') and conformsTo('http://hl7.org/fhir/StructureDefinition/Patient') and text.div.htmlChecks()",
            PathOf("patient.json"), "--json");

        Assert.Equal(0, code);
        Assert.Equal("true", JsonDocument.Parse(answer).RootElement[0].GetProperty("items")[0].GetProperty("value").GetString());
    }

    [Theory]
    [InlineData("name..given")]
    [InlineData("name.given.substring(1)")]
    public async Task A_fault_is_no_success(string expression) => Assert.Equal(1, (await RunAsync("fhirpath", expression, PathOf("patient.json"))).Code);

    [Fact]
    public async Task Checked_beforehand_an_unknown_element_is_a_fault()
    {
        Assert.Equal(0, (await RunAsync("fhirpath", "name.nickname", PathOf("patient.json"))).Code);
        Assert.Equal(1, (await RunAsync("fhirpath", "name.nickname", PathOf("patient.json"), "--check")).Code);
    }

    [Fact]
    public async Task Cases_are_answered_line_by_line()
    {
        File.WriteAllLines(PathOf("cases.jsonl"),
        [
            """{"id":"a","file":"patient.json","expression":"name.given.first()","outputs":[],"invalid":null,"mode":null,"predicate":false}""",
            """{"id":"b","file":null,"expression":"@2014 + 1 year","outputs":[],"invalid":null,"mode":null,"predicate":false}""",
            """{"id":"c","file":"patient.json","expression":"name.given1","outputs":[],"invalid":"semantic","mode":"strict","predicate":false}""",
            """{"id":"d","file":"patient.json","expression":"name.given","outputs":[],"invalid":null,"mode":null,"predicate":true}""",
        ]);
        var (code, _) = await RunAsync("conformance", "fhirpath", PathOf("cases.jsonl"), "--out", PathOf("results.jsonl"));

        Assert.Equal(0, code);
        Assert.Equal(
        [
            """{"id":"a","outputs":[{"type":"string","value":"Mara"}]}""",
            """{"id":"b","outputs":[{"type":"date","value":"@2015"}]}""",
            """{"id":"c","error":"fhirpath.element-unknown"}""",
            """{"id":"d","outputs":[{"type":"boolean","value":"true"}]}""",
        ], File.ReadLines(PathOf("results.jsonl")));
    }

    [Fact]
    public async Task JSON_texts_are_accepted_or_refused_with_their_place()
    {
        var texts = folder.CreateSubdirectory("json");
        File.WriteAllText(Path.Combine(texts.FullName, "y_object.json"), "{\"a\":[1,2]}");
        File.WriteAllText(Path.Combine(texts.FullName, "n_comma.json"), "[1,\n,2]");
        var (code, _) = await RunAsync("conformance", "json", texts.FullName, "--out", PathOf("json.jsonl"));
        var answers = File.ReadLines(PathOf("json.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToDictionary(answer => answer.GetProperty("id").GetString()!);

        Assert.Equal(0, code);
        Assert.True(answers["y_object"].GetProperty("accepted").GetBoolean());
        Assert.Equal((false, 2), (answers["n_comma"].GetProperty("accepted").GetBoolean(), answers["n_comma"].GetProperty("line").GetInt32()));
    }

    private string PathOf(string name) => Path.Combine(folder.FullName, name);

    private static async Task<(int Code, string Answer)> RunAsync(params string[] arguments)
    {
        var (code, answer, _) = await CommandProcess.RunAsync(arguments);
        return (code, answer);
    }
}
