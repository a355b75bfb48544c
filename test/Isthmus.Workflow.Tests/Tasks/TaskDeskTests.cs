using Isthmus.Exchange;
using Isthmus.Exchange.Phi;
using Isthmus.Store.Connections;
using Isthmus.Workflow.Tasks;
using Npgsql;

namespace Isthmus.Workflow.Tests.Tasks;

public sealed class TaskDeskTests : IAsyncLifetime
{
    private const string Ada = "person:ada";
    private const string Bob = "person:bob";
    private static readonly PhiText ReadBack = new("potassium 6.8, Anna Kovacs");

    private readonly WorkflowDatabase database = new();

    public Task InitializeAsync() => database.InitializeAsync();

    public Task DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task A_task_goes_from_claim_over_read_back_to_completion()
    {
        var task = await database.RaiseAsync();

        Assert.Equal(Ada, (await database.Desk.ClaimAsync(task.Id, Ada, default)).ClaimedBy);
        var acknowledged = await database.Desk.AcknowledgeAsync(task.Id, Ada, ReadBack, default);
        Assert.Equal(("acknowledged", Ada), (acknowledged.State, acknowledged.ClaimedBy));
        Assert.Equal("closed", (await database.Desk.CompleteAsync(task.Id, Ada, "treated", default)).State);

        Assert.Equal("task.created task.claimed task.acknowledged task.completed", await database.AuditAsync());
        var history = await database.Inbox.HistoryAsync(task.Id, default);
        Assert.Equal(["start", "acknowledge", "complete"], history.Select(s => s.Raised));
        Assert.Equal(["workflow", Ada, Ada], history.Select(s => s.Actor));
        Assert.Equal("treated", history[^1].Outcome);
        Assert.Empty(await database.Inbox.ListAsync(new TaskFilter(1), default));
        Assert.Equal(task.Id, Assert.Single(await database.Inbox.ListAsync(new TaskFilter(1, Closed: true), default)).Id);
    }

    [Fact]
    public async Task A_second_acknowledgement_is_refused_and_says_who_was_first()
    {
        var task = await database.RaiseAsync();
        await database.Desk.AcknowledgeAsync(task.Id, Ada, ReadBack, default);

        var refusal = await RefusedAsync(() => database.Desk.AcknowledgeAsync(task.Id, Bob, ReadBack, default));

        Assert.Equal(TaskRefusals.AlreadyAcknowledged, refusal.Id);
        Assert.Contains($"Task {task.Id} was acknowledged by {Ada}", refusal.Sentence, StringComparison.Ordinal);
        Assert.Equal("task.created task.acknowledged", await database.AuditAsync());
    }

    [Fact]
    public async Task Of_two_who_acknowledge_at_once_one_is_refused()
    {
        var task = await database.RaiseAsync();

        var answers = await Task.WhenAll(new[] { Ada, Bob }.Select(async who =>
        {
            try
            {
                return (await database.Desk.AcknowledgeAsync(task.Id, who, ReadBack, default)).State;
            }
            catch (RefusalException e)
            {
                return e.Refusal.Id;
            }
        }));

        Assert.Equal(["acknowledged", TaskRefusals.AlreadyAcknowledged], answers.Order());
    }

    [Fact]
    public async Task An_action_that_cannot_be_is_refused_with_its_reason_and_changes_nothing()
    {
        var task = await database.RaiseAsync();

        Assert.Equal(TaskRefusals.Unknown, (await RefusedAsync(() => database.Desk.ClaimAsync(999, Ada, default))).Id);
        Assert.Equal(TaskRefusals.ReadBackMissing, (await RefusedAsync(() => database.Desk.AcknowledgeAsync(task.Id, Ada, default, default))).Id);
        Assert.Equal(TaskRefusals.NotNow, (await RefusedAsync(() => database.Desk.CompleteAsync(task.Id, Ada, "treated", default))).Id);
        Assert.Equal(TaskRefusals.TextMissing, (await RefusedAsync(() => database.Desk.CommentAsync(task.Id, Ada, default, default))).Id);
        await database.Desk.ClaimAsync(task.Id, Ada, default);
        Assert.Equal(TaskRefusals.ClaimedByAnother, (await RefusedAsync(() => database.Desk.ClaimAsync(task.Id, Bob, default))).Id);
        await database.Desk.AcknowledgeAsync(task.Id, Ada, ReadBack, default);
        Assert.Equal(TaskRefusals.OutcomeUnknown, (await RefusedAsync(() => database.Desk.CompleteAsync(task.Id, Ada, null, default))).Id);
        Assert.Equal(TaskRefusals.OutcomeUnknown, (await RefusedAsync(() => database.Desk.CompleteAsync(task.Id, Ada, "whatever", default))).Id);
        await database.Desk.CompleteAsync(task.Id, Ada, "treated", default);
        Assert.Equal(TaskRefusals.Closed, (await RefusedAsync(() => database.Desk.EscalateAsync(task.Id, Ada, default))).Id);

        Assert.Equal("task.created task.claimed task.acknowledged task.completed", await database.AuditAsync());
    }

    [Fact]
    public async Task Claiming_again_what_is_ones_own_changes_nothing()
    {
        var task = await database.RaiseAsync();
        await database.Desk.ClaimAsync(task.Id, Ada, default);
        await database.Desk.ClaimAsync(task.Id, Ada, default);

        Assert.Equal("task.created task.claimed", await database.AuditAsync());
    }

    [Fact]
    public async Task Escalation_by_hand_takes_the_claim_away()
    {
        var task = await database.RaiseAsync();
        await database.Desk.ClaimAsync(task.Id, Ada, default);

        var escalated = await database.Desk.EscalateAsync(task.Id, Ada, default);

        Assert.Equal(("escalated", "icu-physician-on-call"), (escalated.State, escalated.Pool));
        Assert.Null(escalated.ClaimedBy);
    }

    [Fact]
    public async Task What_people_write_is_kept_apart_and_read_only_with_a_trace()
    {
        var task = await database.RaiseAsync();
        await database.Desk.AcknowledgeAsync(task.Id, Ada, ReadBack, default);
        await database.Desk.CommentAsync(task.Id, Bob, new PhiText("seen by Anna's daughter"), default);

        foreach (var role in new[] { ZoneRole.Workflow, ZoneRole.Operator, ZoneRole.Mediation })
        {
            await using var peek = database.Store.For(role).CreateCommand("SELECT text FROM workflow.note");
            Assert.Equal("42501", (await Assert.ThrowsAsync<PostgresException>(() => peek.ExecuteNonQueryAsync())).SqlState);
        }

        Assert.DoesNotContain("Anna", await database.ScalarAsync<string>(
            "SELECT (SELECT string_agg(t::text, ' ') FROM workflow.task t) || (SELECT string_agg(t::text, ' ') FROM workflow.transition t) || (SELECT string_agg(p::text, ' ') FROM ledger.pending p)"),
            StringComparison.Ordinal);

        var notes = await database.Inbox.ReadNotesAsync(task.Id, "person:eve", "review", default);
        Assert.Equal(["read-back", "comment"], notes.Select(n => n.Kind));
        Assert.Equal([Ada, Bob], notes.Select(n => n.Author));
        Assert.Equal(ReadBack, notes[0].Text);
        Assert.Equal("task.created task.acknowledged task.commented record.read", await database.AuditAsync());
    }

    [Fact]
    public async Task The_inbox_lists_by_pool_what_is_due_first_and_what_is_overdue()
    {
        var ward = await database.RaiseAsync(key: "a", location: "4W", message: 1);
        await database.PassTimeAsync(TimeSpan.FromMinutes(20));
        var icu = await database.RaiseAsync(key: "b", location: "ICU", message: 2);

        Assert.Equal([ward.Id, icu.Id], (await database.Inbox.ListAsync(new TaskFilter(1), default)).Select(t => t.Id));
        Assert.Equal([icu.Id], (await database.Inbox.ListAsync(new TaskFilter(1, Pool: "icu-charge-nurse"), default)).Select(t => t.Id));
        Assert.Equal([ward.Id], (await database.Inbox.ListAsync(new TaskFilter(1, OverdueOnly: true), default)).Select(t => t.Id));
        Assert.Empty(await database.Inbox.ListAsync(new TaskFilter(2), default));
        Assert.Null(await database.Inbox.FindAsync(999, default));
    }

    private static async Task<Refusal> RefusedAsync(Func<Task> action) => (await Assert.ThrowsAsync<RefusalException>(action)).Refusal;
}
