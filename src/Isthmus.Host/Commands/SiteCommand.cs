using System.CommandLine;
using Isthmus.Exchange;
using Isthmus.Governance;
using Isthmus.Host.Sites;
using Isthmus.Host.Terminal;
using Spectre.Console;

namespace Isthmus.Host.Commands;

/// <summary><c>isthmus site check</c>: everything that is wrong with a site folder, at once.</summary>
internal static class SiteCommand
{
    public static Command Create() => new("site", "Check a site folder and put it into force.")
    {
        Check(),
    };

    private static Argument<DirectoryInfo> Folder() => new("DIR")
    {
        Description = "The site folder.",
        DefaultValueFactory = _ => Options.DefaultSite(),
    };

    private static Command Check()
    {
        var folder = Folder();
        var json = Options.Json();
        var command = new Command("check", "Name every fault of a site folder with file and line.") { folder, json };
        command.SetAction(parse => Report(SiteInspection.Inspect(parse.GetValue(folder)!.FullName, TimeProvider.System), parse.GetValue(json)));
        return command;
    }

    private static int Report(SiteInspection inspection, bool json)
    {
        if (json)
        {
            Output.Json(new
            {
                folder = inspection.Folder,
                version = inspection.Files?.Version,
                ok = inspection.Faults.Count == 0,
                contracts = inspection.Model?.Contracts.Select(c => new
                {
                    contract = c.Id,
                    tier = c.Risk.Tier,
                    scores = c.Risk.Scores,
                    controls = c.Risk.Controls,
                    fields = c.Fields.Terms.Count,
                    destinations = c.Destinations.Select(d => d.Name),
                }) ?? [],
                faults = inspection.Faults,
            });
        }
        else if (inspection.Faults.Count == 0)
        {
            Summarise(inspection);
        }
        else
        {
            Show(inspection.Faults);
        }

        return inspection.Faults.Count == 0 ? 0 : 1;
    }

    private static void Summarise(SiteInspection inspection)
    {
        Output.People.MarkupLineInterpolated($"[green]sound[/]  {inspection.Model!.Name}, version {inspection.Files!.Version}");
        foreach (var contract in inspection.Model.Contracts)
        {
            Output.People.MarkupLineInterpolated(
                $"  {contract.Id}: {contract.Fields.Terms.Count} fields to {string.Join(", ", contract.Destinations.Select(d => d.Name))}; risk tier {contract.Risk.Tier.ToString().ToLowerInvariant()}");
        }
    }

    private static void Show(IReadOnlyList<SiteFault> faults)
    {
        // One line per fault in the form that editors and CI logs link: path:line: text [rule].
        foreach (var fault in faults)
        {
            Console.Out.WriteLine(fault.Line > 0
                ? $"{fault.Path}:{fault.Line}: {fault.Text} [{fault.Rule}]"
                : $"{fault.Path}: {fault.Text} [{fault.Rule}]");
        }

        Output.Progress.MarkupLineInterpolated($"[red]{faults.Count} {(faults.Count == 1 ? "fault" : "faults")}[/]");
    }
}
