using Isthmus.Journeys.Tests.Evidence;
using Isthmus.Journeys.Tests.Running;
using Isthmus.Testing;
using Npgsql;
using Xunit.Abstractions;

namespace Isthmus.Journeys.Tests;

/// <summary>Two nodes share one database and, until one of them dies, the work.</summary>
public sealed class TwoNodesJourney(ITestOutputHelper output)
{
    private const int Partitions = 16;
    private static readonly TimeSpan HandOverLimit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Two_nodes_share_the_work_and_one_takes_over_from_the_other()
    {
        var chance = new Chance(output);
        await using var site = await Site.OpenAsync(chance.Seed, patients: 60);
        var progress = new Progress(site);
        var otherPort = FreePort.Next();
        await site.StartNodeAsync();
        var dying = await site.StartNodeAsync(port: otherPort);

        // Both send about the same patients, so that each partition gets messages from both.
        await using var here = Traffic.Start(site, count: 300, rate: 20, prefix: "H");
        await using var there = Traffic.Start(site, count: 300, rate: 20, port: otherPort, prefix: "T");
        foreach (var zone in (string[])["mediation", "outbound"])
        {
            await Eventually.Within(
                HandOverLimit, $"both nodes hold half of {zone}", async () => (await SharesAsync(site, zone)) is [Partitions / 2, Partitions / 2]);
        }

        await progress.MoreDeliveredAsync(here, chance.UpTo(50));
        await dying.Process.KillAsync();
        output.WriteLine($"killed with {here.Acknowledged.Count} and {there.Acknowledged.Count} acknowledged");
        foreach (var zone in (string[])["mediation", "outbound"])
        {
            await Eventually.Within(
                HandOverLimit, $"one node holds all of {zone}", async () => (await SharesAsync(site, zone)) is [Partitions]);
        }

        await there.StopAsync();
        await here.Running;
        await progress.SettledAsync();
        Assert.NotEmpty(there.Acknowledged);
        await new OneEffect(site, [.. here.Acknowledged.Values, .. there.Acknowledged.Values]).ProveAsync();
    }

    /// <summary>How many partitions of a zone each node holds.</summary>
    private static async Task<int[]> SharesAsync(Site site, string zone)
    {
        await using var store = await site.OpenStoreAsync();
        await using var query = new NpgsqlCommand(
            "SELECT count(*)::int FROM store.lease WHERE zone = $1 AND holder IS NOT NULL AND expires > clock_timestamp() GROUP BY holder", store);
        query.Parameters.AddWithValue(zone);
        var shares = new List<int>();
        await using var rows = await query.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
            shares.Add(rows.GetInt32(0));
        }

        return [.. shares];
    }
}
