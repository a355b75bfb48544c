using System.CommandLine;
using System.Text.Json;

namespace Isthmus.Host.Conformance;

/// <summary>Test cases, one JSON object per line, and the answers to them. Paths in a case are relative to the file's folder.</summary>
internal sealed class CaseFile(FileInfo cases)
{
    public static Argument<FileInfo> Argument() => new("CASES") { Description = "The cases, one JSON object per line." };

    public static Option<FileInfo> Out() => new("--out") { Description = "Where the answers go, one JSON object per line.", Required = true };

    public string PathOf(string relative) => Path.Combine(cases.DirectoryName!, relative);

    public IEnumerable<JsonElement> Read() =>
        File.ReadLines(cases.FullName).Where(line => line.Length > 0).Select(line => JsonSerializer.Deserialize<JsonElement>(line));

    /// <summary>Answers every case and returns how many there were.</summary>
    public int Answer(FileInfo answers, Func<JsonElement, object> answer)
    {
        answers.Directory?.Create();
        using var writer = new StreamWriter(answers.FullName);
        var count = 0;
        foreach (var one in Read())
        {
            writer.WriteLine(JsonSerializer.Serialize(answer(one), JsonSerializerOptions.Web));
            count++;
        }

        return count;
    }
}
