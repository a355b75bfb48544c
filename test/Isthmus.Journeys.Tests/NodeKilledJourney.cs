using Isthmus.Journeys.Tests.Evidence;
using Isthmus.Journeys.Tests.Running;
using Isthmus.Testing;
using Xunit.Abstractions;

namespace Isthmus.Journeys.Tests;

/// <summary>The node is killed while it receives, commits and delivers, and is started again at once.</summary>
public sealed class NodeKilledJourney(ITestOutputHelper output)
{
    [Fact]
    public Task What_was_acknowledged_has_one_effect_though_the_node_is_killed() =>
        RunAsync(messages: 400, patients: 80, rate: 16, kills: 3);

    [LongFact]
    public Task Five_thousand_messages_have_one_effect_though_the_node_is_killed_again_and_again() =>
        RunAsync(messages: 5000, patients: 500, rate: 50, kills: 8);

    private async Task RunAsync(int messages, int patients, double rate, int kills)
    {
        var chance = new Chance(output);
        await using var site = await Site.OpenAsync(chance.Seed, patients);
        var progress = new Progress(site);
        var node = await site.StartNodeAsync();
        await using var traffic = Traffic.Start(site, messages, rate);

        for (var kill = 0; kill < kills; kill++)
        {
            // Where in its work it is hit: while it receives, while it commits, while it delivers.
            await (((kill + chance.Seed) % 3) switch
            {
                0 => Progress.MoreAcknowledgedAsync(traffic, chance.UpTo(20)),
                1 => progress.MoreCommittedAsync(traffic, chance.UpTo(60)),
                _ => progress.MoreDeliveredAsync(traffic, chance.UpTo(60)),
            });
            await node.Process.KillAsync();
            output.WriteLine($"killed with {traffic.Acknowledged.Count} of {messages} acknowledged, {await progress.CountAsync("SELECT count(*) FROM mediation.message")} committed");
            node = await site.StartNodeAsync();
        }

        var report = await traffic.Running;
        await progress.SettledAsync();
        output.WriteLine($"{report.Accepted} acknowledged, {report.Resent} sent again, {report.Elapsed.TotalSeconds:0.0} s");
        Assert.Equal(messages, traffic.Acknowledged.Count);
        await new OneEffect(site, [.. traffic.Acknowledged.Values]).ProveAsync();
    }
}
