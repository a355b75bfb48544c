using Isthmus.Journeys.Tests.Evidence;
using Isthmus.Journeys.Tests.Running;
using Isthmus.Testing;
using Xunit.Abstractions;

namespace Isthmus.Journeys.Tests;

/// <summary>Every zone is a process of its own, with a login and keys of its own; any of them is killed at any time.</summary>
public sealed class ZonesApartJourney(ITestOutputHelper output)
{
    [Fact]
    public Task What_was_acknowledged_has_one_effect_though_zones_are_killed() =>
        RunAsync(messages: 300, patients: 60, rate: 15, kills: 4);

    [LongFact]
    public Task Five_thousand_messages_have_one_effect_though_zones_are_killed_again_and_again() =>
        RunAsync(messages: 5000, patients: 500, rate: 50, kills: 12);

    private async Task RunAsync(int messages, int patients, double rate, int kills)
    {
        var chance = new Chance(output);
        await using var site = await Site.OpenAsync(chance.Seed, patients);
        var progress = new Progress(site);
        var node = await site.StartNodeAsync(zonesApart: true);
        await using var traffic = Traffic.Start(site, messages, rate);

        for (var kill = 0; kill < kills; kill++)
        {
            await Progress.MoreAcknowledgedAsync(traffic, chance.UpTo(20));
            var zone = chance.OneOf(Node.Zones);
            output.WriteLine($"{zone} killed with {traffic.Acknowledged.Count} of {messages} acknowledged");
            await node.KillZoneAsync(zone);
        }

        var report = await traffic.Running;
        await progress.SettledAsync();
        output.WriteLine($"{report.Accepted} acknowledged, {report.Resent} sent again, {report.Elapsed.TotalSeconds:0.0} s");
        Assert.Equal(messages, traffic.Acknowledged.Count);
        await new OneEffect(site, [.. traffic.Acknowledged.Values]).ProveAsync();
        await new ZoneWalls(site, node).ProveAsync();
    }
}
