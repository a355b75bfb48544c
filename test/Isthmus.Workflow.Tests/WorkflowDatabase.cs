using System.Globalization;
using Isthmus.Exchange;
using Isthmus.Store.Connections;
using Isthmus.Store.Leases;
using Isthmus.Testing;
using Isthmus.Trust.Ledger;
using Isthmus.Workflow.Definitions;
using Isthmus.Workflow.Instances;
using Isthmus.Workflow.Tasks;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Isthmus.Workflow.Tests;

/// <summary>A database of its own, and one node of the zone that works when told to.</summary>
public sealed class WorkflowDatabase : IAsyncLifetime
{
    private TestStore store = null!;
    private PartitionLeases leases = null!;

    public StoreAccess Store => store.Access;

    public NpgsqlDataSource Zone => store.For(ZoneRole.Workflow);

    public TaskDesk Desk { get; private set; } = null!;

    public TaskInbox Inbox { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        store = await TestStore.CreateAsync(typeof(LedgerAppend).Assembly, typeof(WorkflowZone).Assembly);
        leases = Leases("test");
        Desk = new TaskDesk(Zone);
        Inbox = new TaskInbox(store.For(ZoneRole.Operator));
    }

    public async Task DisposeAsync()
    {
        leases.Dispose();
        await store.DisposeAsync();
    }

    public PartitionLeases Leases(string node) => new(Zone, "workflow", node, TimeProvider.System);

    internal SignalIntake IntakeOf(PartitionLeases held) => new(Zone, held, new DefinitionShelf(Zone, NullLogger.Instance), NullLogger.Instance);

    internal TimerRun TimersOf(PartitionLeases held) => new(Zone, held, new DefinitionShelf(Zone, NullLogger.Instance));

    /// <summary>As Mediation does in the transaction of its effect.</summary>
    public async Task SignalAsync(Signal signal, short tenant = 1, short partition = 3)
    {
        await using var command = store.For(ZoneRole.Mediation).CreateCommand(
            """
            INSERT INTO exchange.signal (tenant, partition, kind, key, message_id, person, location, subject, detail)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """);
        foreach (var value in new object?[]
        {
            tenant, partition, signal.Kind, signal.Key, signal.MessageId, signal.Person?.Value, signal.Location, signal.Subject, signal.Detail,
        })
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        }

        await command.ExecuteNonQueryAsync();
    }

    public Task<int> TakeSignalsAsync(SiteFiles? site = null) =>
        IntakeOf(leases).PassAsync(WorkflowSet.Load(site ?? DemoSite.Files).Workflows, CancellationToken.None);

    public Task<int> FireTimersAsync() => TimersOf(leases).PassAsync(CancellationToken.None);

    /// <summary>Starts the demo's workflow for one signal and returns its task.</summary>
    public async Task<TaskView> RaiseAsync(string key = "order-1|2823-3", string location = "ICU^03", long message = 17, string kind = SignalKinds.CriticalResult)
    {
        await SignalAsync(new Signal(kind, key, message, new PersonId(Guid.NewGuid()), location, "Potassium (2823-3)", "{}"));
        await TakeSignalsAsync();
        return (await Inbox.OfMessageAsync(message, CancellationToken.None))[^1];
    }

    /// <summary>Lets time pass for all timers and targets, by the database's clock.</summary>
    public Task PassTimeAsync(TimeSpan span) => store.ExecuteAsOwnerAsync(string.Create(
        CultureInfo.InvariantCulture,
        $"""
        UPDATE workflow.timer SET due = due - interval '{span.TotalSeconds} seconds';
        UPDATE workflow.task SET due = due - interval '{span.TotalSeconds} seconds', escalate_at = escalate_at - interval '{span.TotalSeconds} seconds'
        """));

    public Task ExecuteAsOwnerAsync(string sql) => store.ExecuteAsOwnerAsync(sql);

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var owner = NpgsqlDataSource.Create(store.OwnerAddress + ";Pooling=false");
        await using var command = owner.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>The ledger kinds that were appended, in order.</summary>
    public async Task<string> AuditAsync() => await ScalarAsync<string>(
        "SELECT coalesce(string_agg(k, ' ' ORDER BY id, n), '') FROM ledger.pending, unnest(kind) WITH ORDINALITY AS u (k, n)");
}
