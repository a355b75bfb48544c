using System.Diagnostics;
using Isthmus.Journeys.Tests.Evidence;
using Isthmus.Journeys.Tests.Running;
using Npgsql;
using Xunit.Abstractions;

namespace Isthmus.Journeys.Tests;

/// <summary>A node is told to stop (SIGTERM) while senders press it.</summary>
public sealed class DrainJourney(ITestOutputHelper output)
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_node_that_is_told_to_stop_acknowledges_what_it_journalled_and_leaves_the_rest_to_others()
    {
        var chance = new Chance(output);
        await using var site = await Site.OpenAsync(chance.Seed, patients: 60);
        var progress = new Progress(site);
        var leaving = await site.StartNodeAsync();
        await using var traffic = Traffic.Start(site, count: 2500, rate: 400, window: 16);
        await Progress.MoreAcknowledgedAsync(traffic, 300 + chance.UpTo(300));

        // Deliveries that the EHR takes its time over are waited for.
        await site.Counterparts.OrderFaultAsync(site.Counterparts.Ehr, "latency", count: 8, milliseconds: 3000);
        await progress.MoreDeliveredAsync(traffic, 1);
        var told = Stopwatch.GetTimestamp();
        await leaving.Process.TerminateAsync();
        var code = await leaving.Process.EndAsync(DrainLimit);
        output.WriteLine($"drained in {Stopwatch.GetElapsedTime(told).TotalSeconds:0.00} s, {traffic.Acknowledged.Count} acknowledged");

        Assert.True(code == 0, $"It ended with {code}: {leaving.Process.Complaints}");
        Assert.True(traffic.Acknowledged.Count < traffic.Count, "There was no load left at the end of the drain.");
        await AcknowledgedIsJournalledAsync(site, traffic);
        Assert.Equal(0, await progress.CountAsync("SELECT count(*) FROM store.lease WHERE holder IS NOT NULL"));
        Assert.Equal(0, await progress.CountAsync("SELECT count(*) FROM store.contender"));

        await site.StartNodeAsync();
        var ready = Stopwatch.GetTimestamp();
        await progress.MoreCommittedAsync(traffic, 1);
        output.WriteLine($"the next node committed {Stopwatch.GetElapsedTime(ready).TotalSeconds:0.00} s after it was ready");
        await traffic.Running;
        await progress.SettledAsync();
        await new OneEffect(site, [.. traffic.Acknowledged.Values]).ProveAsync();
    }

    /// <summary>The sender could not send anything again yet: what it has is what the leaving node told it.</summary>
    private static async Task AcknowledgedIsJournalledAsync(Site site, Traffic traffic)
    {
        await using var store = await site.OpenStoreAsync();
        await using var query = new NpgsqlCommand("SELECT array_agg(control_id) FROM exchange.journal", store);
        var journalled = (string[])(await query.ExecuteScalarAsync())!;
        Assert.Equal(journalled.Order(StringComparer.Ordinal), traffic.Acknowledged.Keys.Order(StringComparer.Ordinal));
    }
}
