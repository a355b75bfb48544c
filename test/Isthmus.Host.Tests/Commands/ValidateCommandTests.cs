using System.Text.Json;
using Isthmus.Testing;

namespace Isthmus.Host.Tests.Commands;

/// <summary><c>isthmus validate</c> and <c>isthmus conformance validator</c> as a person or a script calls them.</summary>
public sealed class ValidateCommandTests : IDisposable
{
    private const string Profile = """
        {"resourceType":"StructureDefinition","url":"http://sample.example/born","name":"Born","status":"active","kind":"resource","abstract":false,"type":"Patient",
         "baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient","derivation":"constraint","differential":{"element":[{"id":"Patient.birthDate","path":"Patient.birthDate","min":1}]}}
        """;

    private readonly DirectoryInfo folder = Scratch.NewFolder("validate");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_resource_without_error_is_a_success()
    {
        var (code, answer) = await RunAsync("validate", Write("good.json", """{"resourceType":"Patient","gender":"female"}"""));
        Assert.Equal(0, code);
        Assert.Contains("1 valid, 0 not", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resource_with_an_error_fails_and_the_outcome_says_where()
    {
        var (code, answer) = await RunAsync("validate", Write("bad.json", """{"resourceType":"Patient","gender":"f"}"""), "--json");
        var issue = JsonDocument.Parse(answer).RootElement.GetProperty("issue").EnumerateArray().Single(one => one.GetProperty("severity").GetString() == "error");
        Assert.Equal((1, "Patient.gender"), (code, issue.GetProperty("expression")[0].GetString()));
    }

    [Fact]
    public async Task A_guide_of_a_folder_is_asked_for_by_its_profile()
    {
        var guide = folder.CreateSubdirectory("guide");
        await File.WriteAllTextAsync(Path.Combine(guide.FullName, "born.json"), Profile);
        var patient = Write("patient.json", """{"resourceType":"Patient"}""");
        Assert.Equal(0, (await RunAsync("validate", patient)).Code);
        Assert.Equal(1, (await RunAsync("validate", patient, "--package", guide.FullName, "--profile", "http://sample.example/born")).Code);
    }

    [Fact]
    public async Task What_is_not_there_is_told_in_a_sentence() => Assert.Equal(1, (await RunAsync("validate", Path.Combine(folder.FullName, "none.json"))).Code);

    [Fact]
    public async Task A_profile_that_is_asked_for_and_not_known_is_no_success()
    {
        var patient = Write("patient.json", """{"resourceType":"Patient"}""");
        Assert.Equal(1, (await RunAsync("validate", patient, "--profile", "http://sample.example/unknown")).Code);
    }

    [Fact]
    public async Task Each_case_is_answered_by_a_line_with_its_issues()
    {
        Write("profile.json", Profile);
        var cases = Write("cases.jsonl", """
            {"id":"a","resource":{"resourceType":"Patient"},"profile":"profile.json","supporting":[]}
            {"id":"b","resource":{"resourceType":"Patient","birthDate":"2000"},"profiles":["http://sample.example/born"],"supporting":["profile.json"]}
            """);
        var answers = Path.Combine(folder.FullName, "answers.jsonl");

        Assert.Equal(0, (await RunAsync("conformance", "validator", cases, "--out", answers)).Code);

        var errors = File.ReadLines(answers).Select(line => JsonDocument.Parse(line).RootElement)
            .Select(one => (one.GetProperty("id").GetString(), one.GetProperty("issues").EnumerateArray().Count(issue => issue.GetProperty("severity").GetString() == "error")));
        Assert.Equal([("a", 1), ("b", 0)], errors);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static async Task<(int Code, string Answer)> RunAsync(params string[] arguments)
    {
        var (code, answer, _) = await CommandProcess.RunAsync(arguments);
        return (code, answer);
    }
}
