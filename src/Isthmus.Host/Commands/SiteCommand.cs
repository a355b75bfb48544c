using System.CommandLine;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Host.Running;
using Isthmus.Host.Terminal;
using Isthmus.Store.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;

namespace Isthmus.Host.Commands;

/// <summary>
/// <c>isthmus site check</c>: everything that is wrong with a site folder, at once; <c>site apply</c>: the folder as an
/// immutable snapshot that every node takes over within a second.
/// </summary>
internal static class SiteCommand
{
    public static Command Create() => new("site", "Check a site folder and put it into force.")
    {
        Check(),
        Apply(),
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
        command.SetAction(parse => Report(SiteInspection.Inspect(parse.GetValue(folder)!.FullName, SiteOpening.EnvironmentVariables(), TimeProvider.System), parse.GetValue(json)));
        return command;
    }

    private static Command Apply()
    {
        var folder = Folder();
        var json = Options.Json();
        var command = new Command("apply", "Check a site folder and put it into force on every node.") { folder, json };
        command.SetAction(async (parse, cancellation) =>
        {
            var inspection = SiteInspection.Inspect(parse.GetValue(folder)!.FullName, SiteOpening.EnvironmentVariables(), TimeProvider.System);
            return inspection.Model is { } site
                ? await ApplyAsync(site, parse.GetValue(json), cancellation)
                : Report(inspection, parse.GetValue(json));
        });
        return command;
    }

    private static async Task<int> ApplyAsync(SiteModel site, bool json, CancellationToken cancellation)
    {
        await using var installation = await Installation.OpenAsync([ZoneRole.Operator], NullLoggerFactory.Instance, cancellation);
        var applied = await SiteOpening.ApplyAsync(installation, site, cancellation);
        if (json)
        {
            Output.Json(new
            {
                site = site.Name,
                version = applied.InForce.Version,
                epoch = applied.InForce.Epoch,
                appliedAt = applied.InForce.AppliedAt,
                previous = applied.Previous,
                changed = applied.Changed,
            });
        }
        else if (applied.Changed)
        {
            Output.People.MarkupLineInterpolated($"[green]in force[/]  {site.Name}, version {applied.InForce.Version} (before: {applied.Previous ?? "none"})");
        }
        else
        {
            Output.People.MarkupLineInterpolated($"{site.Name}, version {applied.InForce.Version} is in force already.");
        }

        return 0;
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
                    crossing = c.Destinations.ToDictionary(d => d.Name, d => Crossing(c, d.Name)),
                    unconfirmed = Count(c, FieldRule.Unconfirmed),
                    prohibited = Count(c, FieldRule.Prohibited),
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
                $"  {contract.Id}: {contract.Fields.Terms.Count} fields listed, {string.Join(", ", contract.Destinations.Select(d => $"{Crossing(contract, d.Name)} to {d.Name}"))}{Kept(contract)}; risk tier {contract.Risk.Tier.ToString().ToLowerInvariant()}");
        }
    }

    /// <summary>The fields of which somebody has said that this destination may have them.</summary>
    private static int Crossing(IntegrationContract contract, string destination) => contract.Fields.Terms.Count(term =>
        term.Rule is not (FieldRule.Unconfirmed or FieldRule.Prohibited) && term.Readers.Contains(destination));

    private static int Count(IntegrationContract contract, FieldRule rule) => contract.Fields.Terms.Count(term => term.Rule == rule);

    private static string Kept(IntegrationContract contract) => string.Concat(
        Count(contract, FieldRule.Unconfirmed) is > 0 and var held ? $", {held} held until confirmed" : "",
        Count(contract, FieldRule.Prohibited) is > 0 and var prohibited ? $", {prohibited} prohibited" : "");

    private static void Show(IReadOnlyList<SiteFault> faults)
    {
        foreach (var fault in faults)
        {
            Console.Out.WriteLine(fault.Shown);
        }

        Output.Progress.MarkupLineInterpolated($"[red]{faults.Count} {(faults.Count == 1 ? "fault" : "faults")}[/]");
    }
}
