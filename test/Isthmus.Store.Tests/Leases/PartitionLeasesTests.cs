using Isthmus.Store.Connections;
using Isthmus.Store.Leases;
using Isthmus.Testing;
using Npgsql;

namespace Isthmus.Store.Tests.Leases;

public sealed class PartitionLeasesTests(SharedStore shared) : IClassFixture<SharedStore>
{
    private readonly string zone = SharedStore.NewZone();
    private readonly TestStore store = shared.Store;

    [Fact]
    public async Task A_lone_node_holds_every_partition()
    {
        using var alone = Node("a");

        Assert.Equal(Enumerable.Range(0, PartitionLeases.Partitions), (await HoldAsync(alone)).Select(l => (int)l.Partition));
    }

    [Fact]
    public async Task A_node_that_joins_gets_its_fair_share_and_no_partition_has_two_holders()
    {
        PartitionLeases[] nodes = [Node("a"), Node("b"), Node("c")];
        for (var joined = 1; joined <= nodes.Length; joined++)
        {
            // The newcomer asks, those before it give back, the newcomer takes.
            await HoldAgainAsync(nodes[joined - 1]);
            foreach (var node in nodes[..joined])
            {
                await HoldAgainAsync(node);
            }

            var held = new List<IReadOnlyList<LeasedPartition>>();
            foreach (var node in nodes[..joined])
            {
                held.Add(await HoldAgainAsync(node));
            }

            var share = (int)Math.Ceiling((double)PartitionLeases.Partitions / joined);
            Assert.All(held, mine => Assert.InRange(mine.Count, PartitionLeases.Partitions - (joined - 1) * share, share));
            Assert.Equal(PartitionLeases.Partitions, held.SelectMany(h => h).Select(l => l.Partition).Distinct().Count());
            Assert.Equal(PartitionLeases.Partitions, held.Sum(h => h.Count));
        }
    }

    [Fact]
    public async Task Nodes_that_ask_all_at_once_never_hold_the_same_partition()
    {
        var nodes = Enumerable.Range(0, 6).Select(i => Node($"n{i}")).ToArray();
        for (var round = 0; round < 3; round++)
        {
            await Task.WhenAll(nodes.Select(HoldAgainAsync));
        }

        var held = await Task.WhenAll(nodes.Select(HoldAgainAsync));

        Assert.All(held, mine => Assert.NotEmpty(mine));
        Assert.Equal(
            held.Sum(h => h.Count),
            held.SelectMany(h => h).Select(l => l.Partition).Distinct().Count());
    }

    [Fact]
    public async Task What_expired_by_the_database_clock_is_taken_over_and_the_sleeper_cannot_commit()
    {
        using var sleeper = Node("a");
        using var other = Node("b");
        var before = await HoldAsync(sleeper);
        await ExpireAsync();

        var after = await HoldAsync(other);

        Assert.Equal(PartitionLeases.Partitions, after.Count);
        Assert.All(after.Zip(before), pair => Assert.True(pair.First.Token > pair.Second.Token));
        Assert.Equal(PartitionLeases.LostSqlState, await FenceAsync(sleeper, before));
        Assert.Null(await FenceAsync(other, after));
    }

    [Fact]
    public async Task An_expired_lease_is_lost_even_where_nobody_took_it()
    {
        using var node = Node("a");
        var held = await HoldAsync(node);
        await ExpireAsync();

        Assert.Equal(PartitionLeases.LostSqlState, await FenceAsync(node, held));
    }

    [Fact]
    public async Task One_lost_lease_among_several_fails_the_effect()
    {
        using var node = Node("a");
        var held = await HoldAsync(node);
        await store.ExecuteAsOwnerAsync($"UPDATE store.lease SET token = token + 1 WHERE partition = 7 AND zone = '{zone}'");

        Assert.Equal(PartitionLeases.LostSqlState, await FenceAsync(node, held));
        Assert.Null(await FenceAsync(node, [.. held.Where(l => l.Partition != 7)]));
    }

    [Fact]
    public async Task Holding_nothing_fences_nothing()
    {
        using var node = Node("a");

        Assert.Equal(PartitionLeases.LostSqlState, await FenceAsync(node, []));
    }

    [Fact]
    public async Task What_is_returned_is_free_at_once()
    {
        using var leaving = Node("a");
        using var other = Node("b");
        var before = await HoldAsync(leaving);
        await leaving.ReturnAsync(CancellationToken.None);

        Assert.Equal(PartitionLeases.Partitions, (await HoldAsync(other)).Count);
        Assert.Equal(PartitionLeases.LostSqlState, await FenceAsync(leaving, before));
    }

    [Fact]
    public async Task A_lease_does_not_change_hands_while_an_effect_under_it_is_open_but_can_be_renewed()
    {
        using var node = Node("a");
        using var other = Node("b");
        var held = await HoldAsync(node);
        await using var connection = await store.For(ZoneRole.Mediation).OpenConnectionAsync();
        await using var effect = await connection.BeginTransactionAsync();
        await FenceOnAsync(connection, node, [held[3]]);

        Assert.Equal(PartitionLeases.Partitions, (await HoldAgainAsync(node)).Count);
        await ExpireAsync(except: 3);
        await store.ExecuteAsOwnerAsync($"UPDATE store.lease SET expires = '-infinity' WHERE partition = 3 AND zone = '{zone}'");
        var taken = await HoldAsync(other);
        Assert.DoesNotContain(taken, l => l.Partition == 3);
        await effect.CommitAsync();

        Assert.Contains(await HoldAgainAsync(other), l => l.Partition == 3);
    }

    [Fact]
    public async Task Zones_do_not_take_one_anothers_partitions()
    {
        using var mediation = Node("a");
        using var outbound = new PartitionLeases(store.For(ZoneRole.Outbound), SharedStore.NewZone("outbound"), "a", TimeProvider.System);
        await HoldAsync(mediation);

        Assert.Equal(PartitionLeases.Partitions, (await HoldAsync(outbound)).Count);
    }

    [Theory]
    [InlineData("SELECT store.take_leases('outbound', 'a', 16, 3600)")]
    [InlineData("SELECT store.fence('outbound', '{1}', '{1}')")]
    [InlineData("SELECT store.return_leases('outbound', 'a')")]
    [InlineData("SELECT store.take_leases_of('outbound', 'a', 16, 3600)")]
    [InlineData("SELECT store.return_leases_of('outbound', 'a')")]
    [InlineData("SELECT store.take_leases('', 'a', 16, 3600)")]
    [InlineData("SELECT store.take_leases(NULL, 'a', 16, 3600)")]
    public async Task A_login_has_nothing_to_do_with_another_zones_leases(string attempt)
    {
        await using var command = store.For(ZoneRole.Mediation).CreateCommand(attempt);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync());

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    private PartitionLeases Node(string name) => new(store.For(ZoneRole.Mediation), zone, name, TimeProvider.System);

    private static Task<IReadOnlyList<LeasedPartition>> HoldAsync(PartitionLeases node) => node.HoldAsync(CancellationToken.None).AsTask();

    private static Task<IReadOnlyList<LeasedPartition>> HoldAgainAsync(PartitionLeases node)
    {
        node.Invalidate();
        return HoldAsync(node);
    }

    private Task ExpireAsync(int except = -1) =>
        store.ExecuteAsOwnerAsync(
            $"""
            UPDATE store.lease SET expires = clock_timestamp() - interval '1 second' WHERE partition <> {except} AND zone = '{zone}';
            DELETE FROM store.contender WHERE zone = '{zone}'
            """);

    /// <summary>The SQLSTATE with which an effect under these leases fails, or null when it commits.</summary>
    private async Task<string?> FenceAsync(PartitionLeases node, IReadOnlyCollection<LeasedPartition> under)
    {
        await using var connection = await store.For(ZoneRole.Mediation).OpenConnectionAsync();
        await using var effect = await connection.BeginTransactionAsync();
        try
        {
            await FenceOnAsync(connection, node, under);
            await effect.CommitAsync();
            return null;
        }
        catch (PostgresException refused)
        {
            return refused.SqlState;
        }
    }

    private static async Task FenceOnAsync(NpgsqlConnection connection, PartitionLeases node, IReadOnlyCollection<LeasedPartition> under)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { node.Fence(under) } };
        await batch.ExecuteNonQueryAsync();
    }
}
