using System.Text.Json;
using Isthmus.Testing;

namespace Isthmus.Host.Tests.Commands;

/// <summary><c>isthmus terminology</c> as a person or a script calls it.</summary>
public sealed class TerminologyCommandTests : IDisposable
{
    private const string Guide = """
        {"resourceType":"CodeSystem","url":"http://sample.example/stages","status":"active","content":"complete","hierarchyMeaning":"is-a",
         "concept":[{"code":"any","concept":[{"code":"early","display":"Early"},{"code":"late","display":"Late"}]}]}
        """;

    private readonly DirectoryInfo folder = Scratch.NewFolder("terminology");

    public TerminologyCommandTests() => File.WriteAllText(Path.Combine(folder.FullName, "CodeSystem-stages.json"), Guide);

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_published_value_set_expands_page_by_page()
    {
        var (code, answer) = await JsonAsync("expand", "http://hl7.org/fhir/ValueSet/administrative-gender", "--offset", "1", "--limit", "2");
        Assert.Equal(0, code);
        Assert.Equal((4, "female"), (answer.GetProperty("total").GetInt32(), answer.GetProperty("codes")[0].GetProperty("code").GetString()));
    }

    [Fact]
    public async Task A_guide_given_as_a_folder_is_asked()
    {
        var (code, answer) = await JsonAsync("subsumes", "http://sample.example/stages", "any", "late", "--package", folder.FullName);
        Assert.Equal((0, "subsumes"), (code, answer.GetProperty("outcome").GetString()));
        (code, answer) = await JsonAsync("lookup", "http://sample.example/stages", "late", "--package", folder.FullName);
        Assert.Equal((0, "Late"), (code, answer.GetProperty("display").GetString()));
        (code, _) = await JsonAsync("lookup", "http://sample.example/stages", "never", "--package", folder.FullName);
        Assert.Equal(1, code);
    }

    [Theory]
    [InlineData("http://hl7.org/fhir/ValueSet/administrative-gender", "male", 0, "yes")]
    [InlineData("http://hl7.org/fhir/ValueSet/administrative-gender", "m", 1, "no")]
    [InlineData("http://hl7.org/fhir/ValueSet/observation-codes", "2345-7", 1, "unknown")]
    public async Task Only_a_code_that_is_in_the_value_set_is_a_success(string valueSet, string asked, int expected, string result)
    {
        var (code, answer) = await JsonAsync("validate-code", valueSet, asked);
        Assert.Equal((expected, result), (code, answer.GetProperty("result").GetString()));
    }

    [Fact]
    public async Task A_code_translates_by_a_published_map()
    {
        var (code, answer) = await JsonAsync("translate", "http://hl7.org/fhir/administrative-gender", "male", "--target", "http://terminology.hl7.org/CodeSystem/v2-0001");
        Assert.Equal((0, "M"), (code, answer.GetProperty("matches")[0].GetProperty("code").GetString()));
    }

    [Fact]
    public async Task A_unit_converts_by_its_analyte_and_not_without()
    {
        var (code, answer) = await JsonAsync("convert-unit", "90", "mg/dL", "mmol/L", "--of", "2345-7");
        Assert.Equal((0, 4.996m), (code, Math.Round(answer.GetProperty("result").GetDecimal(), 3)));
        (code, answer) = await JsonAsync("convert-unit", "-40", "Cel", "[degF]");
        Assert.Equal((0, -40m), (code, answer.GetProperty("result").GetDecimal()));
        Assert.Equal(1, (await RunAsync("convert-unit", "90", "mg/dL", "mmol/L")).Code);
    }

    private static async Task<(int Code, JsonElement Answer)> JsonAsync(params string[] arguments)
    {
        var (code, answer) = await RunAsync([.. arguments, "--json"]);
        return (code, JsonDocument.Parse(answer).RootElement);
    }

    private static async Task<(int Code, string Answer)> RunAsync(params string[] arguments)
    {
        var (code, answer, _) = await CommandProcess.RunAsync(["terminology", .. arguments]);
        return (code, answer);
    }
}
