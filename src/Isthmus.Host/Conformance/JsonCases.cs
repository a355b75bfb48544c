using System.CommandLine;
using System.Text;
using System.Text.Json;
using Isthmus.Fhir.Json;
using Isthmus.Host.Terminal;
using Spectre.Console;

namespace Isthmus.Host.Conformance;

/// <summary>
/// <c>isthmus conformance json</c>: whether the reader accepts each JSON text. The cases are a folder of files
/// (<c>y_</c> must be accepted, <c>n_</c> refused), or lines with an <c>id</c> and a <c>file</c>, a <c>text</c> or a <c>base64</c>.
/// </summary>
internal static class JsonCases
{
    public static Command Create(Option<bool> json)
    {
        var cases = new Argument<FileSystemInfo>("CASES") { Description = "A folder of .json files, or cases as one JSON object per line." };
        var answers = CaseFile.Out();
        var command = new Command("json", "Read each JSON text and say whether it is accepted.") { cases, answers, json };
        command.SetAction(parsed =>
        {
            var (count, wrong) = Answer(parsed.GetRequiredValue(cases), parsed.GetRequiredValue(answers));
            if (parsed.GetValue(json))
            {
                Output.Json(new { cases = count, wrong });
            }
            else
            {
                Output.People.MarkupLineInterpolated($"{count} cases, {wrong.Count} not as their names say");
            }

            return wrong.Count == 0 ? 0 : 1;
        });
        return command;
    }

    private static (int Count, List<string> Wrong) Answer(FileSystemInfo cases, FileInfo answers)
    {
        answers.Directory?.Create();
        using var writer = new StreamWriter(answers.FullName);
        var count = 0;
        var wrong = new List<string>();
        foreach (var (id, text) in cases is DirectoryInfo ? Files(cases.FullName) : Lines(cases.FullName))
        {
            var fault = FhirJsonReader.ReadJson(text).Fault;
            writer.WriteLine(JsonSerializer.Serialize(
                new { id, accepted = fault is null, rule = fault?.Rule, line = fault?.Position.Line, column = fault?.Position.Column }, JsonSerializerOptions.Web));
            count++;
            var name = Path.GetFileName(id);
            if (fault is null ? name.StartsWith("n_", StringComparison.Ordinal) : name.StartsWith("y_", StringComparison.Ordinal))
            {
                wrong.Add(id);
            }
        }

        return (count, wrong);
    }

    private static IEnumerable<(string Id, byte[] Text)> Files(string folder) =>
        Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(path => (Path.GetFileNameWithoutExtension(path), File.ReadAllBytes(path)));

    private static IEnumerable<(string Id, byte[] Text)> Lines(string path)
    {
        var file = new CaseFile(new FileInfo(path));
        return file.Read().Select(one => (one.GetProperty("id").GetString()!, Text(file, one)));
    }

    private static byte[] Text(CaseFile file, JsonElement one) =>
        one.TryGetProperty("base64", out var base64) ? base64.GetBytesFromBase64()
        : one.TryGetProperty("text", out var text) ? Encoding.UTF8.GetBytes(text.GetString()!)
        : File.ReadAllBytes(file.PathOf(one.GetProperty("file").GetString()!));
}
