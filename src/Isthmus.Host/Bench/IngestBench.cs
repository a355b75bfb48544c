using System.Net;
using Isthmus.Exchange.Contracts;
using Isthmus.Host.Running;
using Isthmus.Inbound;
using Isthmus.Store.Connections;
using Microsoft.Extensions.Logging.Abstractions;

namespace Isthmus.Host.Bench;

/// <summary>How fast messages become durable and are acknowledged, with nothing behind the journal running.</summary>
internal static class IngestBench
{
    private const int Patients = 5000;

    public static async Task<IReadOnlyList<BenchResult>> RunAsync(SiteModel site, TimeSpan lasting, CancellationToken cancellation)
    {
        await using var installation = await Installation.OpenAsync(
            [ZoneRole.Inbound], NullLoggerFactory.Instance, cancellation, ownDatabase: "isthmus_bench_ingest");
        SiteKeys.CreateMissing(site, installation.KeyFiles);
        var listener = site.Listeners.Values.First() with { Port = 0, Bind = IPAddress.Loopback };
        var measured = site with
        {
            Listeners = new Dictionary<string, ListenerSettings>(StringComparer.Ordinal) { [listener.Name] = listener },
            Watermarks = site.Watermarks with { QueueAge = TimeSpan.FromDays(1) },
        };
        await using var inbound = new InboundZone(
            installation.Store, installation.Keys, () => measured, installation.WatchedFolder, TimeProvider.System, NullLoggerFactory.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = inbound.RunAsync(stop.Token);
        var traffic = new SampleTraffic();
        var load = new MllpLoad(inbound.Endpoints.Values.First(), traffic, Patients);
        var first = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() % 1_000_000_000 * 10;

        await load.RunAsync(16, lasting / 4, first, null, cancellation);
        var many = await load.RunAsync(16, lasting, first + 50_000_000, null, cancellation);
        var one = await load.RunAsync(1, lasting / 2, first + 100_000_000, null, cancellation);
        var flushes = DiskReference.FlushesPerSecond(installation.WatchedFolder ?? Path.GetTempPath(), 16 * 1024);

        await stop.CancelAsync();
        await running;
        return
        [
            BenchResult.Info("message size", traffic.Length, "bytes"),
            BenchResult.AtLeast("acknowledged, 16 connections", many.PerSecond, "messages/s", 10_000, Math.Round(flushes * 16)),
            BenchResult.AtMost("acknowledgement p99, 16 connections", many.Percentile(0.99), "ms", 8),
            BenchResult.Info("acknowledgement p50, 16 connections", many.Percentile(0.5), "ms"),
            BenchResult.AtLeast("acknowledged, 1 connection", one.PerSecond, "messages/s", 2_000, Math.Round(flushes)),
        ];
    }
}
