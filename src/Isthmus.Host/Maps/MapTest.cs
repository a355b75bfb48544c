using System.CommandLine;
using Isthmus.Host.Running;
using Isthmus.Host.Terminal;
using Isthmus.Mapping;
using Spectre.Console;

namespace Isthmus.Host.Maps;

/// <summary>
/// <c>isthmus map test</c>: the golden examples beside the maps (NAME.hl7 and NAME.json), the site's with its maps and the library's
/// with the library alone and the demo's tables, and what differs element by element.
/// </summary>
internal static class MapTest
{
    /// <summary>So many differences of an example are shown; the rest are counted.</summary>
    private const int MostShown = 40;

    public static Command Create(Option<DirectoryInfo> site, Option<bool> json)
    {
        var folders = new Argument<DirectoryInfo[]>("DIR") { Description = "Folders of examples, or site folders; without any, the site's maps/examples and the library's.", Arity = ArgumentArity.ZeroOrMore };
        var accept = new Option<bool>("--accept") { Description = "Write what the maps make now as what is expected." };
        var command = new Command("test", "Run the examples beside the maps.") { folders, accept, site, json };
        command.SetAction(parsed =>
        {
            var at = parsed.GetRequiredValue(site);
            if (SiteMaps.LoadOrSay(at) is not { } maps)
            {
                return 1;
            }

            var given = parsed.GetValue(folders) ?? [];
            var results = new List<ExampleResult>();
            foreach (var (folder, with) in given.Length > 0 ? given.Select(folder => Given(folder, maps)) : Examples(at, maps))
            {
                if (with is null)
                {
                    return 1;
                }

                Run(with, folder, parsed.GetValue(accept), results);
            }

            if (given.Length > 0 && results.Count == 0)
            {
                Complaint.Print("map.no-examples: there is no example in these folders; a site's are in maps/examples.");
                return 1;
            }

            Report(results, parsed.GetValue(json));
            return results.TrueForAll(result => result.Passed) ? 0 : 1;
        });
        return command;
    }

    /// <summary>The site's examples with its maps, and the library's without what the site changes, which is meant to differ.</summary>
    private static IEnumerable<(string Folder, MapSet? Maps)> Examples(DirectoryInfo site, MapSet maps)
    {
        if (SiteMaps.ExamplesOf(site.FullName) is { } own)
        {
            yield return (own, maps);
        }

        if (SiteMaps.LibraryExamples() is { } inherited)
        {
            yield return (inherited, SiteMaps.LibraryOrSay());
        }
    }

    /// <summary>A folder of examples with the maps of the site; a site folder's own examples with its own maps.</summary>
    private static (string Folder, MapSet? Maps) Given(DirectoryInfo folder, MapSet maps) =>
        SiteMaps.ExamplesOf(folder.FullName) is { } own ? (own, SiteMaps.LoadOrSay(folder)) : (folder.FullName, maps);

    private static void Run(MapSet maps, string folder, bool accept, List<ExampleResult> results)
    {
        var examples = new MapExample(maps);
        foreach (var message in Directory.EnumerateFiles(folder).Where(IsInput).Order(StringComparer.Ordinal))
        {
            // NAME.hl7, FEED.csv or FEED.input.json, and NAME.json for what becomes of it.
            var name = Path.GetFileName(message).Split('.')[0];
            var expected = Path.Combine(Path.GetDirectoryName(message)!, name + ".json");
            var made = message.EndsWith(".hl7", StringComparison.Ordinal) ? examples.Made(File.ReadAllBytes(message))
                : maps.Feeds.FirstOrDefault(feed => feed.Name == name) is { } feed ? examples.Made(feed, File.ReadAllBytes(message))
                : null;
            if (made is not null && accept)
            {
                File.WriteAllText(expected, made);
            }

            results.Add(made is null ? new ExampleResult(message, false, "The message cannot be read, or no feed has the name of the file.", [])
                : !File.Exists(expected) ? new ExampleResult(message, false, "There is no bundle beside the message; --accept writes it.", [])
                : Compared(message, MapExample.Differences(File.ReadAllText(expected), made)));
        }
    }

    private static bool IsInput(string path) =>
        path.EndsWith(".hl7", StringComparison.Ordinal) || path.EndsWith(".csv", StringComparison.Ordinal) || path.EndsWith(".input.json", StringComparison.Ordinal);

    private static ExampleResult Compared(string message, IReadOnlyList<ElementDifference> differences) => new(message, differences.Count == 0, null, differences);

    private static void Report(List<ExampleResult> results, bool json)
    {
        if (json)
        {
            Output.Json(new { passed = results.Count(result => result.Passed), failed = results.Count(result => !result.Passed), examples = results });
            return;
        }

        foreach (var result in results.Where(result => !result.Passed))
        {
            Output.People.MarkupLineInterpolated($"[yellow]{result.Example}[/] {result.Problem}");
            foreach (var difference in result.Differences.Take(MostShown))
            {
                Output.People.MarkupLineInterpolated($"  {difference.Path}");
                Line("-", difference.Expected);
                Line("+", difference.Made);
            }

            if (result.Differences.Count > MostShown)
            {
                Output.People.MarkupLineInterpolated($"  and {result.Differences.Count - MostShown} more");
            }
        }

        Output.People.MarkupLineInterpolated($"{results.Count(result => result.Passed)} examples as expected, {results.Count(result => !result.Passed)} not");
    }

    private static void Line(string sign, string? value)
    {
        if (value is not null)
        {
            Output.People.MarkupLineInterpolated($"    {sign} {value}");
        }
    }

    private sealed record ExampleResult(string Example, bool Passed, string? Problem, IReadOnlyList<ElementDifference> Differences);
}
