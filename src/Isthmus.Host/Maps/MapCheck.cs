using System.CommandLine;
using Isthmus.Host.Running;
using Isthmus.Host.Terminal;
using Isthmus.Mapping;
using Spectre.Console;

namespace Isthmus.Host.Maps;

/// <summary><c>isthmus map check</c>: every fault of a site's maps, or of some map files over a site, with file and line.</summary>
internal static class MapCheck
{
    public static Command Create(Option<DirectoryInfo> site, Option<bool> json)
    {
        var path = new Argument<string?>("PATH")
        {
            Description = "A site folder, a folder of maps and tables, or one file; without it, the site.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        path.Validators.Add(given =>
        {
            if (given.Tokens is [{ Value: var name }, ..] && !Path.Exists(name))
            {
                given.AddError($"There is no file or folder {name}.");
            }
        });
        var command = new Command("check", "Report every fault of maps and tables.") { path, site, json };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(path) is { } given && !SiteMaps.HasAny(given))
            {
                Complaint.Print("map.none-found: there is no map and no table (.yaml, .yml or .csv) in the folder, nor in its folders maps and terminology.");
                return 1;
            }

            var loaded = SiteMaps.LoadWith(parsed.GetRequiredValue(site), parsed.GetValue(path));
            if (parsed.GetValue(json))
            {
                Output.Json(new { version = loaded.Maps?.Version, messageTypes = loaded.Maps?.MessageTypes.Order(StringComparer.Ordinal), faults = loaded.Faults });
            }
            else
            {
                Print(loaded);
            }

            return loaded.Maps is null ? 1 : 0;
        });
        return command;
    }

    private static void Print(MapLoadResult loaded)
    {
        foreach (var fault in loaded.Faults.OrderBy(fault => fault.Path, StringComparer.Ordinal).ThenBy(fault => fault.Line))
        {
            Output.People.MarkupLineInterpolated($"{fault.Path}:{fault.Line}: [yellow]{fault.Rule}[/] {fault.Message}");
        }

        if (loaded.Maps is { } maps)
        {
            Output.People.MarkupLineInterpolated($"no faults: maps {maps.Version} for {maps.MessageTypes.Count()} message types; {maps.TerminologyVersion}");
        }
        else
        {
            Output.People.MarkupLineInterpolated($"{loaded.Faults.Count} {(loaded.Faults.Count == 1 ? "fault" : "faults")}");
        }
    }
}
