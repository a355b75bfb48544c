using System.Globalization;
using System.Text;
using Isthmus.Mediation.Codes;

namespace Isthmus.Host.Codes;

/// <summary>
/// A meaning for a code, as a row of the site's own table: a change of the folder that is reviewed like any other and put into force by
/// <c>site apply</c>.
/// </summary>
/// <remarks>A row for a code of a result names the system and the unit it came with: of what another laboratory, or another unit, makes of it, nobody has looked.</remarks>
/// <param name="Target">The standard code, or the UCUM code of a unit.</param>
/// <param name="System">The standard's system; not for units.</param>
internal sealed record CodeProposal(WaitingCode Code, string Target, string System, string Display)
{
    /// <summary>Vocabularies of the library are extended in a table of the site's own.</summary>
    private const string OwnVocabulary = "site-vocabulary";

    private string Table => Code.Kind == "vocabulary" ? OwnVocabulary : Code.Table;

    /// <summary>What a table has once: the cells that a row begins with.</summary>
    private string Key => string.Join(',', (Code.Kind switch
    {
        "vocabulary" => [Code.Table, Code.Code],
        "units" => [Code.Code],
        _ => new[] { Code.System, Code.Code, Code.Unit },
    }).Select(Cell)) + ',';

    private string Row => Key + string.Join(',', (Code.Kind == "units" ? [Target] : new[] { Target, System, Display }).Select(Cell));

    private string Columns => Code.Kind switch
    {
        "vocabulary" => "vocabulary,code,target,system,display",
        "units" => "spelling,ucum",
        _ => "system,code,unit,target,targetsystem,display",
    };

    /// <summary>
    /// Writes the row into the site's table, which it makes where there is none, in place of what was said of the code before, and
    /// counts the table's version up.
    /// </summary>
    /// <returns>The file, and the row as written.</returns>
    public (FileInfo File, string Row) WriteTo(DirectoryInfo site)
    {
        var folder = site.CreateSubdirectory("terminology");
        var file = folder.EnumerateFiles("*.csv").OrderBy(f => f.Name, StringComparer.Ordinal)
                .FirstOrDefault(f => File.ReadLines(f.FullName).Take(3).Contains($"# table: {Table}"))
            ?? new FileInfo(Path.Combine(folder.FullName, $"{Table}.csv"));
        var text = file.Exists
            ? string.Join('\n', File.ReadAllText(file.FullName).Split('\n').Where(line => !line.StartsWith(Key, StringComparison.Ordinal)).Select(CountedUp))
            : $"# table: {Table}\n# kind: {Code.Kind}\n# version: 1.0.0\n# What this site's sources send and the library does not know.\n{Columns}\n";
        File.WriteAllText(file.FullName, $"{text.TrimEnd('\n')}\n{Row}\n", new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        return (file, Row);
    }

    private static string Cell(string text) =>
        text.AsSpan().ContainsAny(",\"\n\r") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    private static string CountedUp(string line)
    {
        var dot = line.LastIndexOf('.') + 1;
        return line.StartsWith("# version: ", StringComparison.Ordinal) && int.TryParse(line.AsSpan(dot), NumberStyles.None, CultureInfo.InvariantCulture, out var patch)
            ? $"{line[..dot]}{patch + 1}"
            : line;
    }
}
