using System.CommandLine;
using Isthmus.Exchange.Contracts;
using Isthmus.Governance.Snapshots;
using Isthmus.Host.Running;
using Isthmus.Store.Connections;
using Microsoft.Extensions.Logging;

namespace Isthmus.Host.Commands;

/// <summary>
/// <c>isthmus serve</c>: the zones, each a process of its own; with <c>--roles</c> the given ones in this process.
/// Termination drains: no more intake, what is begun is finished and acknowledged, leases go back.
/// </summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var site = Options.Site();
        var roles = new Option<string?>("--roles")
        {
            Description = $"Run only these zones, in this process: {string.Join(", ", ZoneNames.All.Select(z => z.Word()))}. Default: all, one process each.",
        };
        var withParent = new Option<bool>("--with-parent") { Description = "Drain when standard input closes, as it does when the process that holds its other end dies." };
        var json = Options.Json();
        var command = new Command("serve", "Run Isthmus.") { site, roles, withParent, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var draining = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            if (parsed.GetValue(withParent))
            {
                _ = SelfProcess.ParentGoneAsync().ContinueWith(_ => draining.Cancel(), TaskScheduler.Default);
            }

            using var loggers = Logging.Create();
            if (parsed.GetValue(roles) is { } named)
            {
                await ServeHereAsync(ZonesOf(named), parsed.GetValue(site)!, parsed.GetValue(json), loggers, draining.Token);
            }
            else
            {
                await SuperviseAsync(parsed.GetValue(site)!, parsed.GetValue(json), loggers, draining.Token);
            }

            return 0;
        });
        return command;
    }

    private static async Task ServeHereAsync(ZoneName[] zones, DirectoryInfo folder, bool json, ILoggerFactory loggers, CancellationToken draining)
    {
        await using var installation = await Installation.OpenAsync(zones.SelectMany(ZoneNames.RolesOf), loggers, draining);
        if (installation.IsOwner)
        {
            await SiteOpening.ApplyAsync(installation, SiteOpening.Load(folder), draining);
        }

        var snapshots = new SiteSnapshots(installation.Store.For(ZoneNames.RoleOf(zones[0])));
        await using var watch = await SiteWatch.StartAsync(snapshots, SiteOpening.EnvironmentVariables(), TimeProvider.System, draining);
        Logging.Follow(watch);
        installation.UseKeysOf(watch.Current);
        await using var set = new ZoneSet(zones, installation, watch, TimeProvider.System, loggers);
        var running = set.RunAsync(draining);
        Console.Out.WriteLine(ZonesReady.Of(zones, set, watch.Current).Line(json));
        await running;
    }

    private static async Task SuperviseAsync(DirectoryInfo folder, bool json, ILoggerFactory loggers, CancellationToken draining)
    {
        await using var installation = await Installation.OpenAsync(ZoneNames.All.SelectMany(ZoneNames.RolesOf), loggers, draining);
        var site = SiteOpening.Load(folder);
        await SiteOpening.ApplyAsync(installation, site, draining);
        var snapshots = new SiteSnapshots(installation.Store.For(ZoneRole.Operator));
        await using var watch = await SiteWatch.StartAsync(snapshots, SiteOpening.EnvironmentVariables(), TimeProvider.System, draining);
        var logger = loggers.CreateLogger("Isthmus.Supervisor");
        await Task.WhenAll(ZoneNames.All.Select(zone => new ZoneProcess(zone, installation, watch, logger).RunAsync(ready => Console.Out.WriteLine(ready.Line(json)), draining)));
    }

    private static ZoneName[] ZonesOf(string named) =>
    [
        .. named.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(word =>
            Enum.TryParse<ZoneName>(word, ignoreCase: true, out var zone)
                ? zone
                : throw new Exchange.RefusalException(new Exchange.Refusal(
                    "serve.zone-unknown", $"There is no zone named {word}. Zones: {string.Join(", ", ZoneNames.All.Select(z => z.Word()))}.",
                    Exchange.FailureDomain.Client))),
    ];
}
