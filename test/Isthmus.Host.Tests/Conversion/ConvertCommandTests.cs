using System.Text.Json;
using Isthmus.Host.Commands;
using Isthmus.Host.Tests.Commands;
using Isthmus.Testing;

namespace Isthmus.Host.Tests.Conversion;

public sealed class ConvertCommandTests : IDisposable
{
    private const string Message = "MSH|^~\\&|LAB|A|EHR|B|20260704120000||ORU^R01|1|P|2.5.1\rPID|1||P1^^^A^MR\r";

    private readonly DirectoryInfo folder = Scratch.NewFolder("convert");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_batch_gives_a_bundle_per_message_and_a_bad_one_among_them_fails_the_command()
    {
        File.WriteAllText(In("batch.hl7"), "FHS|^~\\&\rBHS|^~\\&\r" + Message + Message.Replace("P1", "P2", StringComparison.Ordinal) + "BTS|2\rFTS|1\r");
        File.WriteAllText(In("broken.hl7"), "PID|1\r");

        Assert.Equal(1, await Convert(folder.FullName));
        Assert.True(File.Exists(In("out/batch.json")));
        using var second = JsonDocument.Parse(File.ReadAllText(In("out/batch-2.json")));
        Assert.Equal("message", second.RootElement.GetProperty("type").GetString());
        Assert.False(File.Exists(In("out/broken.json")));
    }

    [Fact]
    public async Task All_good_messages_are_a_success_and_an_empty_file_is_none()
    {
        File.WriteAllText(In("one.hl7"), Message);
        File.WriteAllText(In("empty.hl7"), "\r\n");

        Assert.Equal(0, await Convert(In("one.hl7")));
        Assert.Equal(1, await Convert(In("empty.hl7")));
    }

    [Fact]
    public async Task What_departs_from_the_standard_is_told_where_it_is_asked_for()
    {
        File.WriteAllText(In("one.hl7"), Message.TrimEnd('\r') + "||Sample\rPID|2\rZZZ|1\r");

        var (code, answer, _) = await CommandProcess.RunAsync("convert", "--json", "--check", "--site", Repository.PathOf("site", "demo"), In("one.hl7"));
        var (_, unasked, _) = await CommandProcess.RunAsync("convert", "--json", "--site", Repository.PathOf("site", "demo"), In("one.hl7"));

        Assert.Equal(0, code);
        Assert.Contains("hl7.structure.", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("hl7.structure.", unasked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bundle_becomes_the_message_it_came_from_and_one_without_a_patient_none()
    {
        File.WriteAllText(In("result.hl7"), "MSH|^~\\&|LAB|A|EHR|B|20260704120000||ORU^R01|1|P|2.5.1\rPID|1||P1^^^A^MR\rOBR|1||F1|K^Potassium^L\rOBX|1|NM|K^Potassium^L||4.10\r");
        Assert.Equal(0, await Convert(In("result.hl7")));
        File.WriteAllText(In("nobody.json"), """{"resourceType":"Observation","status":"final","code":{"text":"x"}}""");

        Assert.Equal(0, await Convert(In("out/result.json"), "--from", "fhir", "--to", "hl7v2"));
        Assert.Contains("||4.10", File.ReadAllText(In("out/result.hl7")), StringComparison.Ordinal);
        Assert.Equal(1, await Convert(In("nobody.json"), "--from", "fhir", "--message", "ORU_R01"));
        Assert.False(File.Exists(In("out/nobody.hl7")));
        Assert.NotEqual(0, await Convert(In("nobody.json"), "--from", "fhir", "--to", "fhir"));
    }

    private string In(string name) => Path.Combine(folder.FullName, name);

    private Task<int> Convert(string path, params string[] more) =>
        ConvertCommand.Create().Parse(["--out", In("out"), "--site", Repository.PathOf("site", "demo"), path, .. more]).InvokeAsync();
}
