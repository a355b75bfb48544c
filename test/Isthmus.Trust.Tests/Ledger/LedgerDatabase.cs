using Isthmus.Exchange;
using Isthmus.Exchange.Ledger;
using Isthmus.Store.Connections;
using Isthmus.Store.Leases;
using Isthmus.Testing;
using Isthmus.Trust.Ledger;
using Npgsql;

namespace Isthmus.Trust.Tests.Ledger;

/// <summary>A database of its own with the ledger's schema and every login.</summary>
public sealed class LedgerDatabase : IAsyncLifetime
{
    private TestStore store = null!;

    public StoreAccess Store => store.Access;

    public NpgsqlDataSource Superuser { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        store = await TestStore.CreateAsync(typeof(LedgerAppend).Assembly);
        Superuser = NpgsqlDataSource.Create(store.OwnerAddress);
    }

    public async Task DisposeAsync()
    {
        await Superuser.DisposeAsync();
        await store.DisposeAsync();
    }

    public PartitionLeases Leases(string node) => new(Store.For(ZoneRole.Ledger), "ledger", node, TimeProvider.System);

    /// <summary>Appends in a transaction of its own under a zone's login.</summary>
    public async Task AppendAsync(ZoneRole role, short tenant, params LedgerEvent[] events)
    {
        await using var connection = await Store.For(role).OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection);
        LedgerAppend.AddTo(batch, tenant, events);
        await batch.ExecuteNonQueryAsync();
    }

    /// <summary>Chains all that is pending.</summary>
    public async Task<int> ChainAsync()
    {
        using var leases = Leases("test");
        var sequencer = new Sequencer(Store.For(ZoneRole.Ledger), leases);
        var all = 0;
        SequencerPass pass;
        do
        {
            pass = await sequencer.PassAsync(CancellationToken.None);
            all += pass.Events;
        }
        while (pass.More);
        await leases.ReturnAsync(CancellationToken.None);
        return all;
    }

    public Task<LedgerVerdict> VerifyAsync(short tenant, LedgerHead? anchor = null) =>
        new LedgerVerifier(Store.For(ZoneRole.Operator)).VerifyAsync(tenant, anchor, CancellationToken.None);

    /// <summary>As whoever owns the machine would: past every grant and trigger.</summary>
    public async Task TamperAsync(string sql)
    {
        await using var connection = await Superuser.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection);
        foreach (var table in new[] { "entry", "phrase", "head" })
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand($"ALTER TABLE ledger.{table} DISABLE TRIGGER ALL"));
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand(sql));
        foreach (var table in new[] { "entry", "phrase", "head" })
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand($"ALTER TABLE ledger.{table} ENABLE ALWAYS TRIGGER append_only"));
        }

        await batch.ExecuteNonQueryAsync();
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Superuser.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public static LedgerEvent Event(int i, string kind = LedgerKinds.ConsentDecided) =>
        new(kind, "mediation", i, new PersonId(new Guid(i, 0, 0, new byte[8])), $$"""{"n":{{i}}}""");
}
