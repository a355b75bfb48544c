using System.Diagnostics;
using System.Globalization;
using System.Text;
using Isthmus.Exchange.Contracts;
using Isthmus.Host.Demo;
using Isthmus.Host.Running;
using Isthmus.Store.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Isthmus.Host.Bench;

/// <summary>
/// Messages through all stages to delivered, with PostgreSQL, EHR and registry on the same cores: what rate leaves the
/// queue flat, at what acknowledgement latency, with how many commits, how much disk and memory. Beside it, how often all
/// cores together can read a message's bundle and write it again, before and after the run.
/// </summary>
internal static class FlowBench
{
    private const int Patients = 5000;
    private const int Connections = 16;

    /// <summary>Half of the patients agreed to share with the registry.</summary>
    private const int EveryNthAgreed = 2;

    private static readonly TimeSpan LongestCatchUp = TimeSpan.FromSeconds(60);

    /// <param name="warmUp">At half the rate, for as long as the runtime still compiles what is called most.</param>
    public static async Task<IReadOnlyList<BenchResult>> RunAsync(
        DirectoryInfo site, TimeSpan warmUp, TimeSpan lasting, double perSecond, Action<string> tell, CancellationToken cancellation)
    {
        await using var trial = await Trial.StartAsync(
            site, $"bench_{Environment.ProcessId}", LoadPatientsAsync, tell, NullLoggerFactory.Instance, cancellation);
        var traffic = new SampleTraffic();
        var bundle = ConvertBench.SampleBundle(site);
        var limit = JsonReference.PerSecond(bundle);
        var load = new MllpLoad(trial.Listener, traffic, Patients);

        tell("Warming up");
        await load.RunAsync(Connections, warmUp, 1_000_000_000, perSecond / 2, cancellation);
        await UntilDeliveredAsync(trial, cancellation);

        tell($"Sending {perSecond:0} messages a second for {lasting.TotalSeconds:0} s");
        var store = trial.Installation.Store.For(ZoneRole.Operator);
        var before = await StandAsync(store, cancellation);
        var clock = Stopwatch.StartNew();
        var memoryBefore = MemoryInMiB();
        var (allocatedBefore, pausedBefore) = (GC.GetTotalAllocatedBytes(), GC.GetTotalPauseDuration());
        var sent = await load.RunAsync(Connections, lasting, 2_000_000_000, perSecond, cancellation);
        var behind = await OpenAsync(store, cancellation);
        await UntilDeliveredAsync(trial, cancellation);
        var took = clock.Elapsed;
        var after = await StandAsync(store, cancellation);
        limit = Math.Round((limit + JsonReference.PerSecond(bundle)) / 2);
        return
        [
            BenchResult.AtLeast("through all stages to delivered", sent.Acknowledged / took.TotalSeconds, "messages/s", 1500, limit),
            BenchResult.AtMost("not yet delivered when sending ended", behind / sent.PerSecond, "seconds of traffic", 2),
            BenchResult.AtMost("acknowledgement p99 meanwhile", sent.Percentile(0.99), "ms", 25),
            BenchResult.AtMost("commits per message", (after.Commits - before.Commits) / (double)sent.Acknowledged, "commits", 1),
            BenchResult.AtMost("disk per message", (after.Bytes - before.Bytes) / (double)sent.Acknowledged / 1024, "KiB", 13),
            BenchResult.Info("allocated per message, load generator included", (GC.GetTotalAllocatedBytes() - allocatedBefore) / (double)sent.Acknowledged / 1024, "KiB"),
            BenchResult.Info("paused for garbage collection", (GC.GetTotalPauseDuration() - pausedBefore) / took * 100, "%"),
            BenchResult.Info("memory of this process before", memoryBefore, "MiB"),
            BenchResult.Info("memory of this process after", MemoryInMiB(), "MiB"),
            BenchResult.Info("messages", sent.Acknowledged, "messages"),
        ];
    }

    private static async Task LoadPatientsAsync(Installation installation, SiteModel site, CancellationToken cancellation)
    {
        var file = new FileInfo(Path.Combine(Path.GetTempPath(), $"isthmus-bench-{Guid.NewGuid():N}.ndjson"));
        var system = site.Contracts[0].Identity.Identifiers[0].System;
        var recipient = site.Contracts[0].Destination("registry")!.Recipient;
        await using (var lines = new StreamWriter(file.FullName, append: false, Encoding.UTF8))
        {
            for (var i = 0; i < Patients; i++)
            {
                var number = i.ToString("D10", CultureInfo.InvariantCulture);
                await lines.WriteLineAsync(
                    $$$"""{"resourceType":"Patient","identifier":[{"system":"{{{system}}}","value":"{{{number}}}"}],"name":[{"family":"Sample","given":["Invented"]}],"gender":"female","birthDate":"1970-01-01"}""");
                if (i % EveryNthAgreed == 0)
                {
                    await lines.WriteLineAsync(
                        $$$"""{"resourceType":"Consent","id":"bench-{{{number}}}","meta":{"versionId":"1"},"status":"active","scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"research"}]},"category":[{"coding":[{"system":"http://loinc.org","code":"59284-0"}]}],"patient":{"identifier":{"system":"{{{system}}}","value":"{{{number}}}"}},"dateTime":"2026-01-15T09:05:00-05:00","policyRule":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"OPTIN"}]},"provision":{"type":"permit","period":{"start":"2026-01-15","end":"2036-01-14"},"actor":[{"role":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ParticipationType","code":"IRCP"}]},"reference":{"reference":"{{{recipient}}}"}}],"purpose":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActReason","code":"HRESCH"}]}}""");
                }
            }
        }

        try
        {
            await RecordLoad.RunAsync(installation, site, [file], cancellation);
        }
        finally
        {
            file.Delete();
        }
    }

    private static async Task UntilDeliveredAsync(Trial trial, CancellationToken cancellation)
    {
        var patience = Stopwatch.StartNew();
        var store = trial.Installation.Store.For(ZoneRole.Operator);
        while (await OpenAsync(store, cancellation) > 0 && patience.Elapsed < LongestCatchUp)
        {
            await Task.Delay(100, cancellation);
        }
    }

    /// <summary>Messages that wait for mediation, and messages with a delivery that is not final.</summary>
    private static async Task<long> OpenAsync(NpgsqlDataSource store, CancellationToken cancellation)
    {
        await using var command = store.CreateCommand(
            "SELECT (SELECT count(*) FROM exchange.inbox) + (SELECT count(*) FROM exchange.delivery WHERE state IN ('p', 'h'))");
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static async Task<(long Commits, long Bytes)> StandAsync(NpgsqlDataSource store, CancellationToken cancellation)
    {
        // Statistics are reported with a delay of up to a second.
        await Task.Delay(TimeSpan.FromSeconds(1.5), cancellation);
        await using var command = store.CreateCommand(
            "SELECT xact_commit, pg_database_size(current_database()) FROM pg_stat_database WHERE datname = current_database()");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    private static double MemoryInMiB()
    {
        using var self = Process.GetCurrentProcess();
        return self.WorkingSet64 / 1024.0 / 1024.0;
    }
}
