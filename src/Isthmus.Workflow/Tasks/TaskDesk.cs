using Isthmus.Exchange;
using Isthmus.Exchange.Ledger;
using Isthmus.Exchange.Phi;
using Isthmus.Trust.Ledger;
using Isthmus.Workflow.Definitions;
using Isthmus.Workflow.Instances;
using Isthmus.Workflow.Machine;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Isthmus.Workflow.Tasks;

/// <summary>
/// What people do with tasks. Each action is one transaction: the step, what was written, and the audit. Refusals are
/// <see cref="RefusalException"/>s with an id from <see cref="TaskRefusals"/>.
/// </summary>
/// <param name="source">The login of the workflow zone.</param>
public sealed class TaskDesk(NpgsqlDataSource source)
{
    private const string Claim = "UPDATE workflow.task SET claimed = now(), claimed_by = $2 WHERE id = $1";

    private const string Write = "INSERT INTO workflow.note (task, author, kind, text) VALUES ($1, $2, $3, $4)";

    private readonly DefinitionShelf shelf = new(source, NullLogger.Instance);
    private readonly TaskInbox inbox = new(source);

    /// <summary>Takes the task on; claiming one's own again changes nothing.</summary>
    /// <param name="actor">The person's login.</param>
    public async Task<TaskView> ClaimAsync(long id, string actor, CancellationToken cancellation)
    {
        await using var work = await OpenAsync(id, cancellation);
        if (work.Instance.ClaimedBy is { } other && other != actor)
        {
            throw TaskRefusals.Because(TaskRefusals.ClaimedByAnother, $"Task {id} is claimed by {other}; ask them, or wait for its escalation.");
        }

        if (work.Instance.ClaimedBy is null)
        {
            work.Batch.BatchCommands.Add(new NpgsqlBatchCommand(Claim) { Parameters = { new() { Value = id }, new() { Value = actor } } });
            LedgerAppend.AddTo(work.Batch, work.Instance.Tenant, [work.Event(LedgerKinds.TaskClaimed, actor)]);
            await work.CommitAsync(cancellation);
        }

        return (await inbox.FindAsync(id, cancellation))!;
    }

    /// <summary>Takes responsibility, with what was read back to whoever gave the result.</summary>
    /// <param name="readBack">May quote patient data: it is kept apart from the task, where no one reads it untraced.</param>
    public Task<TaskView> AcknowledgeAsync(long id, string actor, PhiText readBack, CancellationToken cancellation) =>
        ActAsync(id, HumanActions.Acknowledge, actor, null, readBack, cancellation);

    /// <param name="outcome">One of those that the workflow declares for the step, null where it declares none.</param>
    public Task<TaskView> CompleteAsync(long id, string actor, string? outcome, CancellationToken cancellation) =>
        ActAsync(id, HumanActions.Complete, actor, outcome, default, cancellation);

    /// <summary>Passes the task on without waiting for its timer.</summary>
    public Task<TaskView> EscalateAsync(long id, string actor, CancellationToken cancellation) =>
        ActAsync(id, HumanActions.Escalate, actor, null, default, cancellation);

    /// <param name="comment">May quote patient data, like a read-back.</param>
    public async Task<TaskView> CommentAsync(long id, string actor, PhiText comment, CancellationToken cancellation)
    {
        if (comment.IsEmpty)
        {
            throw TaskRefusals.Because(TaskRefusals.TextMissing, "A comment says something.");
        }

        await using var work = await OpenAsync(id, cancellation, closedToo: true);
        work.Batch.BatchCommands.Add(Note(id, actor, "comment", comment));
        LedgerAppend.AddTo(work.Batch, work.Instance.Tenant, [work.Event(LedgerKinds.TaskCommented, actor)]);
        await work.CommitAsync(cancellation);
        return (await inbox.FindAsync(id, cancellation))!;
    }

    private async Task<TaskView> ActAsync(
        long id, string action, string actor, string? outcome, PhiText readBack, CancellationToken cancellation)
    {
        await using var work = await OpenAsync(id, cancellation);
        var definition = await shelf.TakeAsync(work.Instance.Definition, cancellation) ?? throw TaskRefusals.Because(
            TaskRefusals.WorkflowUnreadable, $"Task {id} runs a workflow that this version of Isthmus cannot read; use the version that started it.");
        var move = StateMachine.Fire(definition, work.Instance.Standing, action) ?? throw await NotNowAsync(work.Instance, definition, action, cancellation);
        var transition = definition.States[work.Instance.Standing.State].On[action];
        Demand(id, transition, outcome, readBack);

        StepWriter.AddTo(work.Batch, [new TakenStep(work.Instance, definition, move, actor, outcome, !readBack.IsEmpty)]);
        if (!readBack.IsEmpty)
        {
            work.Batch.BatchCommands.Add(Note(id, actor, "read-back", readBack));
        }

        await work.CommitAsync(cancellation);
        return (await inbox.FindAsync(id, cancellation))!;
    }

    private static void Demand(long id, Transition transition, string? outcome, PhiText readBack)
    {
        if (transition.ReadBackRequired && readBack.IsEmpty)
        {
            throw TaskRefusals.Because(TaskRefusals.ReadBackMissing, $"Task {id} is acknowledged with what was read back (--read-back TEXT).");
        }

        if (transition.Outcomes.Count > 0 ? outcome is null || !transition.Outcomes.Contains(outcome) : outcome is not null)
        {
            throw TaskRefusals.Because(
                TaskRefusals.OutcomeUnknown,
                transition.Outcomes.Count > 0
                    ? $"Task {id} needs an outcome (--outcome): {string.Join(", ", transition.Outcomes)}."
                    : $"Task {id} takes no outcome.");
        }
    }

    private async Task<RefusalException> NotNowAsync(Instance instance, WorkflowDefinition definition, string action, CancellationToken cancellation)
    {
        var history = await inbox.HistoryAsync(instance.Id, cancellation);
        if (action == HumanActions.Acknowledge && history.LastOrDefault(s => s.Raised == action) is { } earlier)
        {
            return TaskRefusals.Because(
                TaskRefusals.AlreadyAcknowledged,
                $"Task {instance.Id} was acknowledged by {earlier.Actor} at {earlier.At.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z; a comment can be added.");
        }

        var possible = definition.States[instance.Standing.State].On.Keys;
        return TaskRefusals.Because(
            TaskRefusals.NotNow, $"Task {instance.Id} is {instance.Standing.State}; from there it can {string.Join(" or ", possible)}, not {action}.");
    }

    private async Task<Work> OpenAsync(long id, CancellationToken cancellation, bool closedToo = false)
    {
        var connection = await source.OpenConnectionAsync(cancellation);
        var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var find = new NpgsqlCommand(Instance.LockOne, connection);
        find.Parameters.AddWithValue(id);
        var instance = (await Instance.ReadAsync(find, cancellation)).SingleOrDefault();
        if (instance is { IsClosed: false } || (instance is not null && closedToo))
        {
            return new Work(connection, transaction, instance);
        }

        await transaction.DisposeAsync();
        await connection.DisposeAsync();
        throw instance is null
            ? TaskRefusals.NoSuchTask(id)
            : TaskRefusals.Because(TaskRefusals.Closed, $"Task {id} is closed; a comment can be added.");
    }

    private static NpgsqlBatchCommand Note(long id, string author, string kind, PhiText text) => new(Write)
    {
        Parameters = { new() { Value = id }, new() { Value = author }, new() { Value = kind }, new() { Value = text.Reveal() } },
    };

    /// <summary>A transaction around one locked instance.</summary>
    private sealed class Work(NpgsqlConnection connection, NpgsqlTransaction transaction, Instance instance) : IAsyncDisposable
    {
        public Instance Instance { get; } = instance;

        public NpgsqlBatch Batch { get; } = new(connection);

        public LedgerEvent Event(string kind, string actor) =>
            new(kind, actor, Instance.Message, Instance.Person, $$"""{"task":{{Instance.Id}},"pool":{{System.Text.Json.JsonSerializer.Serialize(Instance.Standing.Pool)}}}""");

        public async Task CommitAsync(CancellationToken cancellation)
        {
            await Batch.ExecuteNonQueryAsync(cancellation);
            await transaction.CommitAsync(cancellation);
        }

        public async ValueTask DisposeAsync()
        {
            await Batch.DisposeAsync();
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
