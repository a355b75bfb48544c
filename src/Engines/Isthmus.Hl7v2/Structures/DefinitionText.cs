using System.Collections.Frozen;
using System.Globalization;

namespace Isthmus.Hl7v2;

/// <summary>Reads segments.txt and datatypes.txt: a block per definition, its first line the head, then a line per part.</summary>
internal static class DefinitionText
{
    private const int SegmentCells = 8;
    private const int DataTypeCells = 7;

    public static FrozenDictionary<string, Hl7SegmentDefinition> Segments() =>
        Blocks("segments.txt").Select(Segment).ToFrozenDictionary(static segment => segment.Name);

    public static FrozenDictionary<string, Hl7DataType> DataTypes() =>
        Blocks("datatypes.txt").Select(DataType).ToFrozenDictionary(static type => type.Name);

    /// <summary>The lines of an embedded file without comments, in the blocks that blank lines make.</summary>
    public static IEnumerable<List<string>> Blocks(string file)
    {
        var block = new List<string>();
        foreach (var line in Lines(file))
        {
            if (line.Length > 0)
            {
                block.Add(line);
            }
            else if (block.Count > 0)
            {
                yield return block;
                block = [];
            }
        }

        if (block.Count > 0)
        {
            yield return block;
        }
    }

    public static IEnumerable<string> Lines(string file)
    {
        using var stream = typeof(DefinitionText).Assembly.GetManifestResourceStream($"Isthmus.Hl7v2.{file}")
            ?? throw new InvalidOperationException($"The assembly does not hold {file}.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
            {
                yield return line.TrimEnd();
            }
        }
    }

    /// <summary><c>2.3-</c>, <c>2.3-2.6</c> or <c>2.4</c>.</summary>
    public static Hl7VersionRange Range(string text)
    {
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        return dash < 0 ? new(Version(text), Version(text))
            : new(Version(text[..dash]), dash + 1 < text.Length ? Version(text[(dash + 1)..]) : null);
    }

    private static Hl7SegmentDefinition Segment(List<string> block)
    {
        var head = Cells(block[0], 3);
        var fields = block.Skip(1).Select(line =>
        {
            var cells = Cells(line, SegmentCells);
            var versions = Range(cells[7]);
            return new Hl7FieldDefinition
            {
                Number = Number(cells[0]),
                Name = cells[1],
                DataType = History(cells[2], versions, string.Intern),
                Usage = History(cells[3], versions, Usage),
                MaxRepetitions = History(cells[4], versions, static text => text == "*" ? Hl7FieldDefinition.Unbounded : Number(text)),
                Table = cells[5].Length == 0 ? null : string.Intern(cells[5]),
                Length = cells[6].Length == 0 ? null : Number(cells[6]),
                Versions = versions,
            };
        });
        return new(head[0], head[1], Range(head[2]), [.. fields]);
    }

    private static Hl7DataType DataType(List<string> block)
    {
        var head = Cells(block[0], 3);
        var components = block.Skip(1).Select(line =>
        {
            var cells = Cells(line, DataTypeCells);
            var versions = Range(cells[6]);
            return new Hl7ComponentDefinition
            {
                Number = Number(cells[0]),
                Name = cells[1],
                DataType = History(cells[2], versions, string.Intern),
                Usage = History(cells[3], versions, Usage),
                Table = cells[4].Length == 0 ? null : string.Intern(cells[4]),
                Length = cells[5].Length == 0 ? null : Number(cells[5]),
                Versions = versions,
            };
        });
        return new(head[0], head[1], Range(head[2]), [.. components]);
    }

    /// <summary><c>CWE@2.7 CE@2.3 ID</c>: newest first, the oldest value holding from the start.</summary>
    private static Hl7History<T> History<T>(string text, Hl7VersionRange versions, Func<string, T> read) =>
        new([.. text.Split(' ').Select(entry => entry.Split('@') is [var value, var since]
            ? (Version(since), read(value))
            : (versions.Since, read(entry)))]);

    private static Hl7Usage Usage(string text) => text switch
    {
        "R" => Hl7Usage.Required,
        "C" => Hl7Usage.Conditional,
        "W" => Hl7Usage.Withdrawn,
        _ => Hl7Usage.Optional,
    };

    private static string[] Cells(string line, int count)
    {
        var cells = line.Split('|', StringSplitOptions.TrimEntries);
        return cells.Length == count ? cells : throw new FormatException($"A line has {cells.Length} cells, not {count}: {line}");
    }

    private static Hl7Version Version(string text) =>
        Hl7Versions.TryParse(text, out var version) ? version : throw new FormatException($"No version: {text}");

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
