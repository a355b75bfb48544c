using Isthmus.Exchange;
using Isthmus.Store.Leases;
using Isthmus.Workflow.Definitions;
using Isthmus.Workflow.Machine;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Isthmus.Workflow.Instances;

/// <summary>
/// Turns signals into instances and tasks, once per business key: a repeat of a signal finds the instance there and
/// raises nothing, whether its task is open or closed.
/// </summary>
internal sealed class SignalIntake(NpgsqlDataSource source, PartitionLeases leases, DefinitionShelf shelf, ILogger logger)
{
    /// <summary>The actor of what no person did.</summary>
    public const string Actor = "workflow";

    private const string ReadSignals =
        """
        SELECT id, partition, tenant, kind, key, message_id, person, location, subject, detail FROM exchange.signal
        WHERE partition = ANY ($1) AND id <> ALL ($2) AND ($3 = 0 OR id = $3) ORDER BY id LIMIT $4
        """;

    private const string StartInstances =
        """
        INSERT INTO workflow.instance (tenant, partition, definition, workflow, key, message_id, person, location, detail, state)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (tenant, workflow, key) DO NOTHING RETURNING id, tenant, workflow, key
        """;

    private const string AddTasks =
        """
        INSERT INTO workflow.task (id, tenant, message_id, title, why, next_action, pool, pool_path, pool_step)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)
        """;

    private const string Settle = "DELETE FROM exchange.signal USING unnest($1, $2) AS s (p, i) WHERE partition = s.p AND id = s.i";

    /// <summary>Signals settled in one transaction.</summary>
    private const int Most = 100;

    /// <summary>Signals that failed by themselves. They stay in the table and are tried again by the next process.</summary>
    private readonly HashSet<long> setAside = [];

    /// <summary>Settles what waits; when a signal makes the whole fail, all but that one.</summary>
    /// <returns>How many signals were settled.</returns>
    public async Task<int> PassAsync(WorkflowSet workflows, CancellationToken cancellation)
    {
        var seen = new List<long>();
        try
        {
            return await SettleAsync(workflows, 0, seen, cancellation);
        }
        catch (PostgresException e) when (IsTheSignals(e))
        {
            logger.LogWarning("A batch of {Count} signals failed (SQLSTATE {SqlState}); taking them one by one.", seen.Count, e.SqlState);
        }

        var settled = 0;
        foreach (var id in seen)
        {
            try
            {
                settled += await SettleAsync(workflows, id, [], cancellation);
            }
            catch (PostgresException e) when (IsTheSignals(e))
            {
                setAside.Add(id);
                logger.LogError("workflow.signal-failed: signal {Signal} raised no task (SQLSTATE {SqlState}); a person must look at it.", id, e.SqlState);
            }
        }

        return settled;
    }

    private static bool IsTheSignals(PostgresException e) => e.SqlState != PartitionLeases.LostSqlState && !e.IsTransient;

    /// <summary>
    /// One transaction: 1. fence and read, 2. start what is new, 3. tell running instances, 4. write tasks and steps,
    /// settle the signals.
    /// </summary>
    /// <param name="only">The id of the only signal to take; 0 takes all.</param>
    /// <param name="seen">Gets the ids of the signals that were read.</param>
    private async Task<int> SettleAsync(WorkflowSet workflows, long only, List<long> seen, CancellationToken cancellation)
    {
        var held = await leases.HoldAsync(cancellation);
        if (held.Count == 0)
        {
            return 0;
        }

        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);

        // 1.
        var signals = await ReadAsync(connection, held, only, cancellation);
        seen.AddRange(signals.Select(s => s.Id));
        if (signals.Count == 0)
        {
            return 0;
        }

        // 2.
        await using var batch = new NpgsqlBatch(connection);
        var steps = await StartAsync(connection, workflows, signals, batch, cancellation);

        // 3.
        var started = steps.Select(s => s.Instance.Id).ToHashSet();
        foreach (var signal in signals.Where(s => workflows.IsHeard(s.Signal.Kind)))
        {
            steps.AddRange(await TellAsync(connection, signal, started, cancellation));
        }

        // 4.
        StepWriter.AddTo(batch, steps);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Settle)
        {
            Parameters = { new() { Value = signals.Select(s => s.Partition).ToArray() }, new() { Value = signals.Select(s => s.Id).ToArray() } },
        });
        await batch.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);

        WorkflowMeters.Count(signals, steps, workflows);
        return signals.Count;
    }

    private async Task<List<WaitingSignal>> ReadAsync(
        NpgsqlConnection connection, IReadOnlyList<LeasedPartition> held, long only, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(leases.Fence(held));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(ReadSignals)
        {
            Parameters =
            {
                new() { Value = held.Select(l => l.Partition).ToArray() }, new() { Value = setAside.ToArray() },
                new() { Value = only }, new() { Value = Most },
            },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        await reader.NextResultAsync(cancellation);
        var signals = new List<WaitingSignal>();
        while (await reader.ReadAsync(cancellation))
        {
            signals.Add(WaitingSignal.From(reader));
        }

        return signals;
    }

    private async Task<List<TakenStep>> StartAsync(
        NpgsqlConnection connection, WorkflowSet workflows, List<WaitingSignal> signals, NpgsqlBatch batch, CancellationToken cancellation)
    {
        var starts = new Dictionary<(short Tenant, string Workflow, string Key), Start>();
        foreach (var signal in signals)
        {
            foreach (var definition in workflows.StartingOn(signal.Signal.Kind))
            {
                var number = await shelf.NumberAsync(definition, cancellation);
                starts.TryAdd(
                    (signal.Tenant, definition.Name, signal.Signal.Key),
                    new Start(signal, definition, number, StateMachine.Start(definition, signal.Signal.Location)));
            }
        }

        var steps = new List<TakenStep>();
        if (starts.Count == 0)
        {
            return steps;
        }

        await using var insert = new NpgsqlCommand(StartInstances, connection);
        Add(s => s.Signal.Tenant);
        Add(s => s.Signal.Partition);
        Add(s => s.Number);
        Add(s => s.Definition.Name);
        Add(s => s.Signal.Signal.Key);
        Add(s => s.Signal.Signal.MessageId);
        Add(s => s.Signal.Signal.Person?.Value);
        Add(s => s.Signal.Signal.Location);
        Add(s => s.Signal.Signal.Detail);
        Add(s => s.Move.To.State);
        await using var reader = await insert.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var start = starts[(reader.GetInt16(1), reader.GetString(2), reader.GetString(3))];
            var instance = start.As(reader.GetInt64(0));
            batch.BatchCommands.Add(TaskOf(instance, start));
            steps.Add(new TakenStep(instance, start.Definition, start.Move, Actor));
        }

        return steps;

        void Add<T>(Func<Start, T> value) => insert.Parameters.Add(new NpgsqlParameter { Value = starts.Values.Select(value).ToArray() });
    }

    private static NpgsqlBatchCommand TaskOf(Instance instance, Start start)
    {
        var words = start.Definition.Task;
        return new NpgsqlBatchCommand(AddTasks)
        {
            Parameters =
            {
                new() { Value = instance.Id }, new() { Value = instance.Tenant }, new() { Value = instance.MessageId },
                new() { Value = instance.Title }, new() { Value = words.Why }, new() { Value = words.NextAction },
                new() { Value = instance.Standing.Pool }, new() { Value = instance.Standing.Path.ToArray() },
            },
        };
    }

    private async Task<List<TakenStep>> TellAsync(
        NpgsqlConnection connection, WaitingSignal signal, HashSet<long> started, CancellationToken cancellation)
    {
        await using var find = new NpgsqlCommand(Instance.LockByKey, connection);
        find.Parameters.Add(new NpgsqlParameter<short> { TypedValue = signal.Tenant });
        find.Parameters.Add(new NpgsqlParameter<string> { TypedValue = signal.Signal.Key });
        var steps = new List<TakenStep>();
        foreach (var instance in (await Instance.ReadAsync(find, cancellation)).Where(i => started.Add(i.Id)))
        {
            if (await shelf.TakeAsync(instance.Definition, cancellation) is { } definition
                && StateMachine.Fire(definition, instance.Standing, signal.Signal.Kind) is { } move)
            {
                steps.Add(new TakenStep(instance, definition, move, Actor));
            }
        }

        return steps;
    }

    /// <summary>A signal as it waits.</summary>
    internal sealed record WaitingSignal(long Id, short Partition, short Tenant, Signal Signal)
    {
        public static WaitingSignal From(NpgsqlDataReader row) => new(
            row.GetInt64(0), row.GetInt16(1), row.GetInt16(2),
            new Signal(
                row.GetString(3), row.GetString(4), row.GetInt64(5), row.IsDBNull(6) ? null : new PersonId(row.GetGuid(6)),
                row.GetString(7), row.GetString(8), row.GetString(9)));
    }

    /// <summary>An instance that will be started unless its business key has one.</summary>
    private sealed record Start(WaitingSignal Signal, WorkflowDefinition Definition, int Number, Move Move)
    {
        public Instance As(long id) => new(
            id, Signal.Tenant, Signal.Partition, Number, Signal.Signal.MessageId, Signal.Signal.Person,
            TaskTitle.Of(Definition.Task.Title, Signal.Signal), null, 0, Move.To, false);
    }
}
