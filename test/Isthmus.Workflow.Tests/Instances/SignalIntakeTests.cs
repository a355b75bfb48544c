using Isthmus.Exchange;
using Isthmus.Store.Leases;
using Npgsql;

namespace Isthmus.Workflow.Tests.Instances;

public sealed class SignalIntakeTests : IAsyncLifetime
{
    private readonly WorkflowDatabase database = new();

    public Task InitializeAsync() => database.InitializeAsync();

    public Task DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task A_critical_result_becomes_a_task_for_the_pool_of_its_location()
    {
        var task = await database.RaiseAsync();

        Assert.Equal("Critical result: Potassium (2823-3)", task.Title);
        Assert.Equal(("raised", "icu-charge-nurse", 17L), (task.State, task.Pool, task.MessageId));
        Assert.Equal(task.CreatedAt.AddMinutes(15), task.Due);
        Assert.Equal(task.Due, task.EscalateAt);
        Assert.Equal(["icu-charge-nurse", "icu-physician-on-call", "nursing-supervisor"], task.EscalationPath);
        Assert.Equal("critical-result@1.0.0", task.Workflow);
        Assert.NotEmpty(task.Why);
        Assert.NotEmpty(task.NextAction);
        Assert.False(task.Overdue);
        Assert.Equal("task.created", await database.AuditAsync());
        Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM exchange.signal"));
    }

    [Fact]
    public async Task A_repeat_of_the_same_business_key_raises_nothing_new_even_when_the_task_is_closed()
    {
        var task = await database.RaiseAsync(kind: SignalKinds.UnknownPatient);
        await database.RaiseAsync(kind: SignalKinds.UnknownPatient);
        await database.Desk.CompleteAsync(task.Id, "person:ada", "registered", CancellationToken.None);
        var again = await database.RaiseAsync(kind: SignalKinds.UnknownPatient);

        Assert.Equal(task.Id, again.Id);
        Assert.Equal("closed", again.State);
        Assert.Equal("task.created task.completed", await database.AuditAsync());
        Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM exchange.signal"));
    }

    [Fact]
    public async Task Repeats_inside_one_batch_raise_one_task_and_tenants_are_apart()
    {
        for (short tenant = 1; tenant <= 2; tenant++)
        {
            for (var i = 0; i < 3; i++)
            {
                await database.SignalAsync(new Signal(SignalKinds.CriticalResult, "same", i, null, "", "Sodium", "{}"), tenant);
            }
        }

        Assert.Equal(6, await database.TakeSignalsAsync());
        Assert.Equal(2L, await database.ScalarAsync<long>("SELECT count(*) FROM workflow.task"));
    }

    [Fact]
    public async Task The_same_key_starts_each_workflow_that_its_kind_starts()
    {
        await database.RaiseAsync(key: "one");
        await database.RaiseAsync(key: "one", message: 18, kind: SignalKinds.MessageQuarantined);

        Assert.Equal(2L, await database.ScalarAsync<long>("SELECT count(*) FROM workflow.instance WHERE key = 'one'"));
    }

    [Fact]
    public async Task A_signal_that_starts_nothing_is_settled()
    {
        await database.SignalAsync(new Signal("of-no-concern", "k", 1, null, "", "", "{}"));

        Assert.Equal(1, await database.TakeSignalsAsync());
        Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM exchange.signal"));
    }

    [Fact]
    public async Task A_crash_before_the_commit_leaves_the_signal_and_nothing_else()
    {
        await database.SignalAsync(new Signal(SignalKinds.CriticalResult, "k", 1, null, "ICU", "Sodium", "{}"));

        // The last thing written before the commit is the history: let it kill the connection in the middle of the transaction.
        await database.ExecuteAsOwnerAsync(
            """
            CREATE FUNCTION public.die() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
            BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
            CREATE TRIGGER die AFTER INSERT ON workflow.transition FOR EACH STATEMENT EXECUTE FUNCTION public.die()
            """);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => database.TakeSignalsAsync());

        Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(*) FROM exchange.signal"));
        Assert.Equal(0L, await database.ScalarAsync<long>(
            "SELECT (SELECT count(*) FROM workflow.instance) + (SELECT count(*) FROM workflow.task) + (SELECT count(*) FROM workflow.timer) + (SELECT count(*) FROM ledger.pending)"));

        await database.ExecuteAsOwnerAsync("DROP TRIGGER die ON workflow.transition");
        await database.TakeSignalsAsync();
        Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(*) FROM workflow.task"));
        Assert.Equal("task.created", await database.AuditAsync());
    }

    [Fact]
    public async Task A_signal_that_cannot_be_taken_does_not_keep_the_others_from_it()
    {
        await database.ExecuteAsOwnerAsync("ALTER TABLE workflow.task ADD CONSTRAINT no_poison CHECK (title NOT LIKE '%poison%')");
        foreach (var subject in new[] { "Sodium", "poison", "Potassium" })
        {
            await database.SignalAsync(new Signal(SignalKinds.CriticalResult, subject, 1, null, "ICU", subject, "{}"));
        }

        Assert.Equal(2, await database.TakeSignalsAsync());
        Assert.Equal("poison", await database.ScalarAsync<string>("SELECT key FROM exchange.signal"));
    }

    [Fact]
    public async Task A_node_whose_lease_was_taken_over_starts_nothing()
    {
        await database.TakeSignalsAsync();
        await database.SignalAsync(new Signal(SignalKinds.CriticalResult, "k", 1, null, "ICU", "Sodium", "{}"));
        await database.ExecuteAsOwnerAsync("UPDATE store.lease SET token = token + 1");

        var lost = await Assert.ThrowsAsync<PostgresException>(() => database.TakeSignalsAsync());

        Assert.Equal(PartitionLeases.LostSqlState, lost.SqlState);
        Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM workflow.task"));
    }

    [Fact]
    public async Task A_signal_can_move_an_instance_of_its_key()
    {
        var site = DemoSite.Changed(
            "    on:\n      acknowledge: { to: acknowledged",
            "    on:\n      message-quarantined: { to: closed, audit: task.completed }\n      acknowledge: { to: acknowledged");
        await database.SignalAsync(new Signal(SignalKinds.CriticalResult, "k", 1, null, "ICU", "Sodium", "{}"));
        await database.TakeSignalsAsync(site);
        await database.SignalAsync(new Signal(SignalKinds.MessageQuarantined, "k", 2, null, "", "withdrawn", "{}"));
        await database.TakeSignalsAsync(site);

        Assert.Equal("closed", (await database.Inbox.OfMessageAsync(1, CancellationToken.None)).Single().State);
        Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM workflow.timer t JOIN workflow.task k ON k.id = t.instance WHERE k.message_id = 1"));
    }

    [Fact]
    public async Task An_instance_ends_as_it_began_whatever_the_site_has_become()
    {
        await database.SignalAsync(new Signal(SignalKinds.CriticalResult, "old", 1, null, "ICU", "Sodium", "{}"));
        await database.TakeSignalsAsync();
        await database.SignalAsync(new Signal(SignalKinds.CriticalResult, "new", 2, null, "ICU", "Sodium", "{}"));
        await database.TakeSignalsAsync(DemoSite.Changed("version: 1.0.0", "version: 2.0.0"));
        await database.PassTimeAsync(TimeSpan.FromMinutes(16));

        Assert.Equal(2, await database.FireTimersAsync());
        Assert.Equal("critical-result@1.0.0", (await database.Inbox.OfMessageAsync(1, CancellationToken.None)).Single().Workflow);
        Assert.Equal("critical-result@2.0.0", (await database.Inbox.OfMessageAsync(2, CancellationToken.None)).Single().Workflow);
    }
}
