using System.Text;
using Isthmus.Mapping.Running;

namespace Isthmus.Mapping.Tests;

/// <summary>What docs/protocols/hl7v2.md says of messages and segments is what the library does.</summary>
public sealed class SupportTableTests
{
    private const string Begin = "<!-- from the library: begin -->";
    private const string End = "<!-- from the library: end -->";

    private static readonly string Document = Path.Combine(Demo.Site, "..", "..", "docs", "protocols", "hl7v2.md");

    [Fact]
    public void The_support_table_says_what_the_library_does()
    {
        var text = File.ReadAllText(Document).ReplaceLineEndings("\n");
        var from = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var stated = text[from..text.IndexOf(End, StringComparison.Ordinal)].Trim();
        var made = Tables().Trim();
        if (stated != made && Environment.GetEnvironmentVariable("ISTHMUS_ACCEPT") is not null)
        {
            // An intended change: the document is written anew, and reviewed as any other.
            File.WriteAllText(Document, $"{text[..from]}\n\n{made}\n\n{text[text.IndexOf(End, StringComparison.Ordinal)..]}");
            return;
        }

        Assert.True(made == stated, "The library and docs/protocols/hl7v2.md differ; run this test once with ISTHMUS_ACCEPT=1 and review the change.");
    }

    private static string Tables()
    {
        var loaded = MapSet.Load([.. MapLibrary.Files]);
        Assert.Empty(loaded.Faults);
        var maps = loaded.Maps!.Maps.Messages.GroupBy(entry => entry.Value, entry => entry.Key, ReferenceEqualityComparer.Instance)
            .Select(group => (Map: (MessageMap)group.Key!, Types: group.Order(StringComparer.Ordinal).ToList()))
            .OrderBy(entry => entry.Map.Name, StringComparer.Ordinal)
            .ToList();
        var text = new StringBuilder("| message map | message types | resources |\n|---|---|---|\n");
        foreach (var (map, types) in maps)
        {
            var resources = map.Segments.Values.SelectMany(uses => uses).Select(use => Encoding.UTF8.GetString(map.Resources[use.Resource].Type));
            text.Append($"| {map.Name} | {Types(types)} | {string.Join(", ", resources.Distinct().Order(StringComparer.Ordinal))} |\n");
        }

        text.Append("\n\"any\" stands for the events of the type that no map names. `GENERIC` takes every other type.\n");
        text.Append("\n| segment | becomes | after | in |\n|---|---|---|---|\n");
        var uses = from entry in maps
                   from segment in entry.Map.Segments
                   from use in segment.Value
                   group entry.Map.Name by (Segment: NameOf(segment.Key.Segment), use.Map.Type, After: After(use.Map)) into rows
                   orderby rows.Key.Segment, rows.Key.Type, rows.Key.After
                   select rows;
        foreach (var row in uses)
        {
            var families = row.Select(name => name.Split('_')[0]).Distinct().Order(StringComparer.Ordinal);
            text.Append($"| {row.Key.Segment} | {row.Key.Type} | {row.Key.After} | {string.Join(", ", families)} |\n");
        }

        var mapped = maps.SelectMany(entry => entry.Map.Segments.Keys).Select(key => NameOf(key.Segment)).ToHashSet(StringComparer.Ordinal);
        text.Append("\nNot mapped, of all that versions 2.1 to 2.8 define; the guide has no table for any of them. The message keeps them, and `isthmus map coverage` names them: ");
        text.Append(string.Join(", ", Hl7v2.Hl7Definitions.Segments.Select(segment => segment.Name).Where(name => !mapped.Contains(name)).Order(StringComparer.Ordinal)));
        text.Append("; and what version 2.9 added (OH1 to OH4).\n");
        return text.ToString();
    }

    /// <summary>The guide's table, or that it has none and our decision counts.</summary>
    private static string After(CompiledMap map) =>
        map.Guide is not { } guide || guide.StartsWith("none", StringComparison.Ordinal) || !guide.Contains('[', StringComparison.Ordinal)
            ? "decision" + (map.Guide is { } said && said.Contains("; ", StringComparison.Ordinal) ? $" ({said[(said.IndexOf("; ", StringComparison.Ordinal) + 2)..]})" : string.Empty)
            : guide.Replace("none; ", "decision, ", StringComparison.Ordinal);

    /// <summary>The events of each type behind it; a bare type stands for those that no map names.</summary>
    private static string Types(List<string> types) => string.Join("; ", types.GroupBy(type => type.Split('_')[0]).Select(events =>
        $"{events.Key} {string.Join(", ", events.Select(type => type.Contains('_', StringComparison.Ordinal) ? type[(type.IndexOf('_', StringComparison.Ordinal) + 1)..] : "any"))}"));

    private static string NameOf(int key) => new([(char)(key >> 16), (char)((key >> 8) & 0xFF), (char)(key & 0xFF)]);
}
