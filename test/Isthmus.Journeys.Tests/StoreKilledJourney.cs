using Isthmus.Journeys.Tests.Evidence;
using Isthmus.Journeys.Tests.Running;
using Isthmus.Testing;
using Xunit.Abstractions;

namespace Isthmus.Journeys.Tests;

/// <summary>PostgreSQL is killed while the node works on it. The node keeps it, starts it again, and goes on by itself.</summary>
public sealed class StoreKilledJourney(ITestOutputHelper output)
{
    [Fact]
    public Task What_was_acknowledged_has_one_effect_though_PostgreSQL_is_killed() =>
        RunAsync(messages: 300, patients: 60, rate: 30, kills: 2);

    [LongFact]
    public Task Five_thousand_messages_have_one_effect_though_PostgreSQL_is_killed_again_and_again() =>
        RunAsync(messages: 5000, patients: 500, rate: 80, kills: 6);

    private async Task RunAsync(int messages, int patients, double rate, int kills)
    {
        var chance = new Chance(output);
        await using var site = await Site.OpenAsync(chance.Seed, patients, nodesKeepStore: true);
        var progress = new Progress(site);
        var node = await site.StartNodeAsync();
        await using var traffic = Traffic.Start(site, messages, rate);

        for (var kill = 0; kill < kills; kill++)
        {
            await (((kill + chance.Seed) % 2) switch
            {
                0 => progress.MoreCommittedAsync(traffic, chance.UpTo(60)),
                _ => progress.MoreDeliveredAsync(traffic, chance.UpTo(60)),
            });
            await site.KillStoreAsync();
            output.WriteLine($"PostgreSQL killed with {traffic.Acknowledged.Count} of {messages} acknowledged");
        }

        var report = await traffic.Running;
        await progress.SettledAsync();
        output.WriteLine($"{report.Accepted} acknowledged, {report.Resent} sent again, {report.Elapsed.TotalSeconds:0.0} s");
        Assert.False(node.Process.HasExited, $"The node did not live through it: {node.Process.Complaints}");
        Assert.Equal(messages, traffic.Acknowledged.Count);
        await new OneEffect(site, [.. traffic.Acknowledged.Values]).ProveAsync();
    }
}
