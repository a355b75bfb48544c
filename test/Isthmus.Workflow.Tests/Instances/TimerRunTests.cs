using Isthmus.Exchange;
using Isthmus.Exchange.Phi;
using Isthmus.Store.Leases;
using Isthmus.Workflow.Tasks;
using Npgsql;

namespace Isthmus.Workflow.Tests.Instances;

public sealed class TimerRunTests : IAsyncLifetime
{
    private readonly WorkflowDatabase database = new();

    public Task InitializeAsync() => database.InitializeAsync();

    public Task DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task Nothing_fires_before_its_time()
    {
        await database.RaiseAsync();
        await database.PassTimeAsync(TimeSpan.FromMinutes(14));

        Assert.Equal(0, await database.FireTimersAsync());
    }

    [Fact]
    public async Task An_unanswered_task_escalates_at_the_configured_minutes_by_the_database_clock()
    {
        var task = await database.RaiseAsync();
        await database.PassTimeAsync(TimeSpan.FromMinutes(15));
        Assert.True((await database.Inbox.FindAsync(task.Id, CancellationToken.None))!.Overdue);

        Assert.Equal(1, await database.FireTimersAsync());

        var escalated = (await database.Inbox.FindAsync(task.Id, CancellationToken.None))!;
        Assert.Equal(("escalated", "icu-physician-on-call"), (escalated.State, escalated.Pool));
        Assert.False(escalated.Overdue);
        Assert.Equal(escalated.Due, escalated.EscalateAt);

        await database.PassTimeAsync(TimeSpan.FromMinutes(9));
        Assert.Equal(0, await database.FireTimersAsync());
        await database.PassTimeAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await database.FireTimersAsync());

        var last = (await database.Inbox.FindAsync(task.Id, CancellationToken.None))!;
        Assert.Equal(("escalated", "nursing-supervisor"), (last.State, last.Pool));
        Assert.Null(last.EscalateAt);
        Assert.Equal("task.created task.escalated task.escalated", await database.AuditAsync());
        Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM workflow.timer"));
    }

    [Fact]
    public async Task An_acknowledged_task_no_longer_escalates_for_want_of_an_answer()
    {
        var task = await database.RaiseAsync();
        await database.Desk.AcknowledgeAsync(task.Id, "person:ada", new PhiText("6.8"), CancellationToken.None);
        await database.PassTimeAsync(TimeSpan.FromHours(3));

        Assert.Equal(0, await database.FireTimersAsync());
    }

    [Fact]
    public async Task Two_competing_nodes_fire_each_timer_once()
    {
        const int tasks = 40;
        for (var i = 0; i < tasks; i++)
        {
            await database.SignalAsync(
                new Signal("critical-result", $"k{i}", i, null, "ICU", "Sodium", "{}"), partition: (short)(i % PartitionLeases.Partitions));
        }

        await database.TakeSignalsAsync();
        await database.PassTimeAsync(TimeSpan.FromMinutes(15));
        await database.ExecuteAsOwnerAsync("UPDATE store.lease SET holder = NULL, expires = '-infinity', token = token + 1");

        var fired = await Task.WhenAll(new[] { "a", "b" }.Select(async node =>
        {
            using var leases = database.Leases(node);
            var timers = database.TimersOf(leases);
            var all = 0;
            for (var pass = 0; pass < 20; pass++)
            {
                try
                {
                    all += await timers.PassAsync(CancellationToken.None);
                }
                catch (PostgresException e) when (e.SqlState == PartitionLeases.LostSqlState)
                {
                    leases.Invalidate();
                }
            }

            await leases.ReturnAsync(CancellationToken.None);
            return all;
        }));

        // A node may leave with leases just given to it by the other; what is left is fired by whoever comes next. The node
        // that raised the tasks is gone, and would otherwise count as a contender until its time is up.
        await database.ExecuteAsOwnerAsync("DELETE FROM store.contender");
        using var last = database.Leases("c");
        var rest = await database.TimersOf(last).PassAsync(CancellationToken.None);
        Assert.Equal(tasks, fired.Sum() + rest);
        Assert.Equal((long)tasks, await database.ScalarAsync<long>("SELECT count(*) FROM workflow.transition WHERE raised = 'escalate'"));
    }

    [Fact]
    public async Task A_crash_in_the_middle_of_a_step_leaves_the_timer_to_fire_once()
    {
        var task = await database.RaiseAsync();
        await database.PassTimeAsync(TimeSpan.FromMinutes(15));
        await database.ExecuteAsOwnerAsync(
            """
            CREATE FUNCTION public.die() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
            BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
            CREATE TRIGGER die AFTER INSERT ON workflow.transition FOR EACH STATEMENT EXECUTE FUNCTION public.die()
            """);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => database.FireTimersAsync());
        Assert.Equal("raised", (await database.Inbox.FindAsync(task.Id, CancellationToken.None))!.State);
        await database.ExecuteAsOwnerAsync("DROP TRIGGER die ON workflow.transition");

        Assert.Equal(1, await database.FireTimersAsync());
        Assert.Equal(0, await database.FireTimersAsync());
        Assert.Equal("task.created task.escalated", await database.AuditAsync());
    }

    [Fact]
    public async Task A_timer_passes_over_a_task_that_someone_is_acting_on()
    {
        var task = await database.RaiseAsync();
        await database.PassTimeAsync(TimeSpan.FromMinutes(15));
        await using (var connection = await database.Zone.OpenConnectionAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await using var hold = new NpgsqlCommand($"SELECT FROM workflow.instance WHERE id = {task.Id} FOR UPDATE", connection);
            await hold.ExecuteNonQueryAsync();

            Assert.Equal(0, await database.FireTimersAsync());
        }

        Assert.Equal(1, await database.FireTimersAsync());
    }

    [Fact]
    public async Task An_instance_whose_workflow_cannot_be_read_waits_and_holds_up_no_other()
    {
        var stuck = await database.RaiseAsync(key: "stuck", message: 1);
        await database.ExecuteAsOwnerAsync("UPDATE workflow.definition SET source = 'from: the future', hash = sha256('x')");
        var other = await database.RaiseAsync(key: "other", message: 2);
        await database.PassTimeAsync(TimeSpan.FromMinutes(15));

        Assert.Equal(1, await database.FireTimersAsync());

        Assert.Equal("escalated", (await database.Inbox.FindAsync(other.Id, CancellationToken.None))!.State);
        Assert.Equal(1L, await database.ScalarAsync<long>($"SELECT count(*) FROM workflow.timer WHERE instance = {stuck.Id}"));
        var refusal = await Assert.ThrowsAsync<RefusalException>(
            () => database.Desk.AcknowledgeAsync(stuck.Id, "person:ada", new PhiText("6.8"), CancellationToken.None));
        Assert.Equal(TaskRefusals.WorkflowUnreadable, refusal.Refusal.Id);
    }
}
