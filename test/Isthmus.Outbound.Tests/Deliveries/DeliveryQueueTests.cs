using Isthmus.Outbound.Deliveries;
using Isthmus.Store.Connections;
using Isthmus.Store.Leases;

namespace Isthmus.Outbound.Tests.Deliveries;

/// <summary>What a look at the queue takes, and what it passes over.</summary>
public sealed class DeliveryQueueTests : IAsyncLifetime
{
    private const string Destination = "ehr";

    private static readonly LeasedPartition[] All =
        [.. Enumerable.Range(0, PartitionLeases.Partitions).Select(partition => new LeasedPartition((short)partition, Token: 1))];

    private Arrangement here = null!;

    public async Task InitializeAsync() => here = await Arrangement.CreateAsync();

    public async Task DisposeAsync() => await here.DisposeAsync();

    [Fact]
    public async Task However_long_the_queue_of_one_person_is_the_others_are_seen_in_the_same_look()
    {
        var patient = await PersonWithAsync(deliveries: 150);
        Guid[] others = [await PersonWithAsync(2), await PersonWithAsync(1), await PersonWithAsync(5)];
        var queue = await AtTheStartAsync();

        var chains = await queue.TakeAsync(All, [], [], persons: 4, chain: 3, CancellationToken.None);

        Assert.Equal([patient, .. others], chains.Select(chain => chain[0].Person.Value).ToHashSet());
        Assert.All(chains, chain => Assert.Equal(Enumerable.Range(1, chain.Count).Select(no => (long)no), chain.Select(delivery => delivery.No)));
        Assert.InRange(chains.Single(chain => chain[0].Person.Value == patient).Count, 1, 3);
    }

    [Fact]
    public async Task Who_is_busy_or_not_due_is_passed_over_and_a_full_look_goes_on_behind_the_last()
    {
        var busy = await PersonWithAsync(2);
        var later = await PersonWithAsync(2);
        await PostponeAsync(later);
        var due = new HashSet<Guid>();
        for (var i = 0; i < 6; i++)
        {
            due.Add(await PersonWithAsync(1));
        }

        var queue = await AtTheStartAsync();
        var taken = new List<Guid>();
        for (var look = 0; look < 4; look++)
        {
            var chains = await queue.TakeAsync(All, [busy], [], persons: 2, chain: 4, CancellationToken.None);
            taken.AddRange(chains.Select(chain => chain[0].Person.Value));
        }

        Assert.Equal(6, taken.Count);
        Assert.Equal(due, taken.ToHashSet());
    }

    [Fact]
    public async Task Only_partitions_held_are_looked_at()
    {
        await PersonWithAsync(1);
        var queue = await AtTheStartAsync();
        var there = Assert.Single(Assert.Single(await queue.TakeAsync(All, [], [], persons: 4, chain: 4, CancellationToken.None))).Lease;

        var elsewhere = All.Where(lease => lease != there).ToArray();

        Assert.Empty(await queue.TakeAsync(elsewhere, [], [], persons: 4, chain: 4, CancellationToken.None));
    }

    /// <summary>A first look begins anywhere; one that comes to the end begins at the start next time.</summary>
    private async Task<DeliveryQueue> AtTheStartAsync()
    {
        var queue = new DeliveryQueue(here.Store.For(ZoneRole.Outbound), Destination, Guid.NewGuid());
        await queue.TakeAsync(All, [], [], persons: 100, chain: 1, CancellationToken.None);
        return queue;
    }

    private async Task<Guid> PersonWithAsync(int deliveries)
    {
        var person = Guid.NewGuid();
        for (var i = 0; i < deliveries; i++)
        {
            await here.QueueAsync(Destination, person);
        }

        return person;
    }

    private async Task PostponeAsync(Guid person)
    {
        await using var command = here.Store.For(ZoneRole.Outbound).CreateCommand(
            "UPDATE exchange.delivery SET next_attempt = now() + interval '1 hour' WHERE person = $1 AND no = 1");
        command.Parameters.AddWithValue(person);
        await command.ExecuteNonQueryAsync();
    }
}
