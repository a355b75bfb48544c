using System.Text.Json;
using Isthmus.Exchange.Ledger;
using Isthmus.Trust.Ledger;
using Isthmus.Workflow.Definitions;
using Isthmus.Workflow.Machine;
using Npgsql;

namespace Isthmus.Workflow.Instances;

/// <summary>A step an instance takes, and who made it.</summary>
/// <param name="ReadBack">True when what was read back was recorded with it.</param>
internal sealed record TakenStep(Instance Instance, WorkflowDefinition Definition, Move Move, string Actor, string? Outcome = null, bool ReadBack = false);

/// <summary>Writes steps: state, task, timers, history and the audit they owe, all in the caller's transaction.</summary>
internal static class StepWriter
{
    private const string MoveInstances =
        """
        UPDATE workflow.instance i SET state = s.state, steps = i.steps + 1, closed = CASE WHEN s.final THEN now() END
        FROM unnest($1, $2, $3) AS s (id, state, final) WHERE i.id = s.id
        """;

    /// <summary>Whoever claimed it keeps it inside the pool; the next pool starts afresh.</summary>
    private const string MoveTasks =
        """
        UPDATE workflow.task t SET
            claimed_by = CASE WHEN t.pool = s.pool THEN t.claimed_by END,
            claimed = CASE WHEN t.pool = s.pool THEN t.claimed END,
            pool = s.pool, pool_step = s.pool_step,
            due = CASE WHEN s.final THEN t.due ELSE now() + s.complete_within END,
            escalate_at = now() + s.escalates_within,
            closed = CASE WHEN s.final THEN now() END
        FROM unnest($1, $2, $3, $4, $5, $6) AS s (id, pool, pool_step, complete_within, escalates_within, final) WHERE t.id = s.id
        """;

    private const string DropTimers = "DELETE FROM workflow.timer WHERE instance = ANY ($1)";

    private const string SetTimers =
        """
        INSERT INTO workflow.timer (due, instance, partition, raises)
        SELECT now() + after, instance, partition, raises FROM unnest($1, $2, $3, $4) AS t (after, instance, partition, raises)
        """;

    private const string Remember =
        """
        INSERT INTO workflow.transition (instance, step, raised, from_state, to_state, pool, actor, outcome)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8)
        """;

    public static void AddTo(NpgsqlBatch batch, IReadOnlyList<TakenStep> steps)
    {
        if (steps.Count == 0)
        {
            return;
        }

        var ids = Of(s => s.Instance.Id);
        var final = Of(s => s.Move.IsFinal);
        Add(MoveInstances, ids, Of(s => s.Move.To.State), final);
        Add(
            MoveTasks, ids, Of(s => s.Move.To.Pool), Of(s => s.Move.To.PathStep),
            Of(s => s.Move.CompleteWithin), Of(s => s.Move.EscalatesWithin), final);
        Add(DropTimers, ids);

        var timers = steps.SelectMany(s => s.Move.Timers, (s, timer) => (s.Instance, Timer: timer)).ToList();
        if (timers.Count > 0)
        {
            Add(
                SetTimers, timers.Select(t => t.Timer.After).ToArray(), timers.Select(t => t.Instance.Id).ToArray(),
                timers.Select(t => t.Instance.Partition).ToArray(), timers.Select(t => t.Timer.Raises).ToArray());
        }

        Add(
            Remember, ids, Of(s => s.Instance.Steps + 1), Of(s => s.Move.Event), Of(s => s.Move.From),
            Of(s => s.Move.To.State), Of(s => s.Move.To.Pool), Of(s => s.Actor), Of(s => s.Outcome));
        foreach (var tenant in steps.GroupBy(s => s.Instance.Tenant))
        {
            LedgerAppend.AddTo(batch, tenant.Key, [.. tenant.Select(Audit)]);
        }

        T[] Of<T>(Func<TakenStep, T> value) => [.. steps.Select(value)];

        void Add(string sql, params object[] values)
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var value in values)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            }

            batch.BatchCommands.Add(command);
        }
    }

    private static LedgerEvent Audit(TakenStep step)
    {
        var detail = new Dictionary<string, object>(StringComparer.Ordinal) { ["task"] = step.Instance.Id };
        if (step.Move.Event == StateMachine.Started)
        {
            detail["title"] = step.Instance.Title;
        }
        else
        {
            detail["raised"] = step.Move.Event;
        }

        detail["state"] = step.Move.To.State;
        detail["pool"] = step.Move.To.Pool;
        detail["workflow"] = step.Definition.Id;
        if (step.Outcome is not null)
        {
            detail["outcome"] = step.Outcome;
        }

        if (step.ReadBack)
        {
            detail["readBack"] = "recorded";
        }

        return new LedgerEvent(step.Move.Audit, step.Actor, step.Instance.Message, step.Instance.Person, JsonSerializer.Serialize(detail));
    }
}
