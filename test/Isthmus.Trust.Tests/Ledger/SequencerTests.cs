using Isthmus.Exchange.Ledger;
using Isthmus.Store.Connections;
using Isthmus.Store.Leases;
using Isthmus.Trust.Ledger;
using Npgsql;

namespace Isthmus.Trust.Tests.Ledger;

public sealed class SequencerTests : IAsyncLifetime
{
    private readonly LedgerDatabase database = new();

    public Task InitializeAsync() => database.InitializeAsync();

    public Task DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task Events_are_chained_in_the_order_in_which_they_were_appended()
    {
        await database.AppendAsync(ZoneRole.Inbound, 1, LedgerDatabase.Event(1), LedgerDatabase.Event(2));
        await database.AppendAsync(ZoneRole.Mediation, 1, LedgerDatabase.Event(3));
        Assert.Equal(2, (await database.VerifyAsync(1)).Waiting);

        Assert.Equal(3, await database.ChainAsync());
        Assert.Equal(0, (await database.VerifyAsync(1)).Waiting);
        Assert.Equal("1,2,3", await database.ScalarAsync<string>("SELECT string_agg(message_id::text, ',' ORDER BY seq) FROM ledger.event"));
        Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM ledger.pending"));
    }

    [Fact]
    public async Task Nothing_is_appended_when_the_effect_rolls_back()
    {
        await using (var connection = await database.Store.For(ZoneRole.Mediation).OpenConnectionAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await using var batch = new NpgsqlBatch(connection);
            LedgerAppend.AddTo(batch, 1, [LedgerDatabase.Event(1)]);
            await batch.ExecuteNonQueryAsync();
            await transaction.RollbackAsync();
        }

        Assert.Equal(0, await database.ChainAsync());
    }

    [Fact]
    public void No_events_cost_no_command()
    {
        using var batch = new NpgsqlBatch();

        LedgerAppend.AddTo(batch, 1, []);

        Assert.Empty(batch.BatchCommands);
    }

    [Fact]
    public async Task Appends_that_commit_late_and_out_of_order_are_all_chained()
    {
        const int appenders = 10;
        const int rounds = 12;
        var source = database.Store.For(ZoneRole.Mediation);
        using var leases = database.Leases("one");
        var sequencer = new Sequencer(database.Store.For(ZoneRole.Ledger), leases);
        for (var round = 0; round < rounds; round++)
        {
            // All append before any commits, then commit from the last to the first with the sequencer at work in between.
            var open = new List<(NpgsqlConnection Connection, NpgsqlTransaction Transaction)>();
            for (var i = 0; i < appenders; i++)
            {
                var connection = await source.OpenConnectionAsync();
                var transaction = await connection.BeginTransactionAsync();
                await using var batch = new NpgsqlBatch(connection);
                LedgerAppend.AddTo(batch, 1, [LedgerDatabase.Event((round * appenders) + i)]);
                await batch.ExecuteNonQueryAsync();
                open.Add((connection, transaction));
            }

            for (var i = appenders - 1; i >= 0; i--)
            {
                await open[i].Transaction.CommitAsync();
                if (i % 3 == 0)
                {
                    await sequencer.PassAsync(CancellationToken.None);
                }
            }

            foreach (var (connection, transaction) in open)
            {
                await transaction.DisposeAsync();
                await connection.DisposeAsync();
            }
        }

        await sequencer.PassAsync(CancellationToken.None);
        Assert.Equal((long)appenders * rounds, await database.ScalarAsync<long>("SELECT count(DISTINCT message_id) FROM ledger.event"));
        Assert.True((await database.VerifyAsync(1)).Verified);
    }

    [Fact]
    public async Task Two_nodes_and_many_appenders_leave_one_unbroken_chain_per_tenant()
    {
        const int appenders = 6;
        const int each = 40;
        using var enough = new CancellationTokenSource();
        var nodes = new[] { "a", "b" }.Select(n => RunNodeAsync(n, enough.Token)).ToArray();

        await Task.WhenAll(Enumerable.Range(0, appenders).Select(async a =>
        {
            for (var i = 0; i < each; i++)
            {
                await database.AppendAsync(ZoneRole.Outbound, (short)(1 + (i % 3)), LedgerDatabase.Event((a * each) + i), LedgerDatabase.Event(-1));
            }
        }));
        await enough.CancelAsync();
        await Task.WhenAll(nodes);
        await database.ChainAsync();

        Assert.Equal((long)appenders * each * 2, await database.ScalarAsync<long>("SELECT count(*) FROM ledger.event"));
        for (short tenant = 1; tenant <= 3; tenant++)
        {
            Assert.True((await database.VerifyAsync(tenant)).Verified);
        }
    }

    [Fact]
    public async Task A_node_whose_lease_was_taken_over_chains_nothing()
    {
        using var leases = database.Leases("slow");
        var sequencer = new Sequencer(database.Store.For(ZoneRole.Ledger), leases);
        await sequencer.PassAsync(CancellationToken.None);
        await database.AppendAsync(ZoneRole.Mediation, 1, LedgerDatabase.Event(1));
        await database.ScalarAsync<object>("UPDATE store.lease SET token = token + 1, holder = 'other' RETURNING 1");

        var lost = await Assert.ThrowsAsync<PostgresException>(() => sequencer.PassAsync(CancellationToken.None));

        Assert.Equal(PartitionLeases.LostSqlState, lost.SqlState);
        Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM ledger.entry"));
        Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(*) FROM ledger.pending"));
    }

    [Fact]
    public async Task A_chain_moved_by_someone_else_is_noticed_and_not_forked()
    {
        await database.AppendAsync(ZoneRole.Mediation, 1, LedgerDatabase.Event(1));
        await database.ChainAsync();
        await database.TamperAsync("UPDATE ledger.head SET seq = 7");
        await database.AppendAsync(ZoneRole.Mediation, 1, LedgerDatabase.Event(2));
        await database.ChainAsync();

        Assert.Equal(2, (await database.VerifyAsync(1)).Fault!.Seq);
    }

    [Fact]
    public async Task A_detail_that_keeps_coming_back_is_stored_once_and_reads_and_verifies_the_same()
    {
        var again = new LedgerEvent(LedgerKinds.ConsentDecided, "mediation", 1, null, """{"effect":"permit","destination":"ehr"}""");
        for (var i = 0; i < 4; i++)
        {
            await database.AppendAsync(ZoneRole.Mediation, 1, [.. Enumerable.Repeat(again, 10), LedgerDatabase.Event(i)]);
            await database.ChainAsync();
        }

        Assert.Equal(40L, await database.ScalarAsync<long>("SELECT count(*) FROM ledger.entry WHERE detail IS NULL"));
        Assert.Equal(40L, await database.ScalarAsync<long>("""SELECT count(*) FROM ledger.event WHERE detail LIKE '%"permit"%'"""));
        Assert.True((await database.VerifyAsync(1)).Verified);
    }

    [Fact]
    public async Task The_longest_words_that_can_be_appended_are_chained()
    {
        var random = new Random(1);
        string Text(int length) => string.Concat(Enumerable.Range(0, length).Select(_ => char.ConvertFromUtf32(random.Next(0x10000, 0x10FFFF))));
        var longest = new LedgerEvent(Text(64), Text(200), 1, null, Text(150));
        await database.AppendAsync(ZoneRole.Mediation, 1, [.. Enumerable.Repeat(longest, 20), longest with { Detail = Text(8000) }]);

        Assert.Equal(21, await database.ChainAsync());
        Assert.True((await database.VerifyAsync(1)).Verified);
    }

    [Fact]
    public async Task A_vacuum_under_way_is_not_waited_for()
    {
        await using var connection = await database.Superuser.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var vacuum = new NpgsqlCommand("LOCK TABLE ledger.entry IN SHARE UPDATE EXCLUSIVE MODE", connection);
        await vacuum.ExecuteNonQueryAsync();

        await using var summarise = database.Store.For(ZoneRole.Ledger).CreateCommand("SELECT ledger.summarise()");
        summarise.CommandTimeout = 10;

        // It returns although the lock is held to the end of this test; waiting for it would run into the timeout.
        await summarise.ExecuteNonQueryAsync();
    }

    private async Task RunNodeAsync(string name, CancellationToken enough)
    {
        using var leases = database.Leases(name);
        var sequencer = new Sequencer(database.Store.For(ZoneRole.Ledger), leases);
        while (!enough.IsCancellationRequested)
        {
            try
            {
                await sequencer.PassAsync(CancellationToken.None);
            }
            catch (PostgresException e) when (e.SqlState == PartitionLeases.LostSqlState)
            {
                leases.Invalidate();
            }
        }

        await leases.ReturnAsync(CancellationToken.None);
    }
}
