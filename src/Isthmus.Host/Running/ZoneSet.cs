using System.Net;
using Isthmus.Exchange.Contracts;
using Isthmus.Inbound;
using Isthmus.Mediation;
using Isthmus.Outbound;
using Isthmus.Trust.Ledger;
using Isthmus.Workflow;
using Microsoft.Extensions.Logging;

namespace Isthmus.Host.Running;

/// <summary>The zones that run in this process.</summary>
internal sealed class ZoneSet : IAsyncDisposable
{
    private static readonly IReadOnlyDictionary<string, IPEndPoint> NoEndpoints = new Dictionary<string, IPEndPoint>(StringComparer.Ordinal);

    private readonly InboundZone? inbound;
    private readonly OutboundZone? outbound;
    private readonly ApiZone? api;
    private readonly List<Func<CancellationToken, Task>> runs = [];

    public ZoneSet(IReadOnlyCollection<ZoneName> zones, Installation installation, LiveSite live, TimeProvider time, ILoggerFactory loggers)
    {
        var (store, keys) = (installation.Store, installation.Keys);
        SiteModel Site() => live.Current;
        var node = $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..6]}";
        foreach (var zone in zones)
        {
            switch (zone)
            {
                case ZoneName.Inbound:
                    inbound = new InboundZone(store, keys, Site, installation.WatchedFolder, time, loggers);
                    runs.Add(inbound.RunAsync);
                    break;
                case ZoneName.Mediation:
                    runs.Add(new MediationZone(store, keys, live, node, time, loggers).RunAsync);
                    break;
                case ZoneName.Outbound:
                    outbound = new OutboundZone(store, keys, Site, node, time, loggers);
                    runs.Add(outbound.RunAsync);
                    break;
                case ZoneName.Workflow:
                    runs.Add(new WorkflowZone(store, node, () => live.Current.Files, time, loggers).RunAsync);
                    break;
                case ZoneName.Ledger:
                    runs.Add(new LedgerZone(store, node, time, loggers).RunAsync);
                    break;
                case ZoneName.Api:
                    api = new ApiZone(store, keys, Site, installation.WatchedFolder, time, loggers);
                    runs.Add(api.RunAsync);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(zones));
            }
        }
    }

    /// <summary>Where the listeners of this process listen.</summary>
    public IReadOnlyDictionary<string, IPEndPoint> Endpoints =>
        new[] { inbound?.Endpoints, api?.Endpoints }.SelectMany(all => all ?? NoEndpoints).ToDictionary(StringComparer.Ordinal);

    /// <summary>Runs until cancelled, then drains: no more intake, what is begun is finished, leases go back.</summary>
    public async Task RunAsync(CancellationToken draining)
    {
        // One zone that falls takes the process with it; the supervisor starts it anew.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(draining);
        var running = runs.Select(run => Task.Run(() => run(stop.Token), CancellationToken.None)).ToArray();
        await Task.WhenAny(running);
        await stop.CancelAsync();
        await Task.WhenAll(running);
    }

    public async ValueTask DisposeAsync()
    {
        if (inbound is not null)
        {
            await inbound.DisposeAsync();
        }

        if (api is not null)
        {
            await api.DisposeAsync();
        }

        if (outbound is not null)
        {
            await outbound.DisposeAsync();
        }
    }
}
