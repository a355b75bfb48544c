using Isthmus.Store.Leases;
using Isthmus.Workflow.Machine;
using Npgsql;

namespace Isthmus.Workflow.Instances;

/// <summary>
/// Fires the timers that the database clock says are due. A timer is a row; it goes in the transaction of the step it
/// causes, so it fires once or is still there.
/// </summary>
internal sealed class TimerRun(NpgsqlDataSource source, PartitionLeases leases, DefinitionShelf shelf)
{
    /// <summary>Timers fired in one transaction.</summary>
    private const int Most = 100;

    /// <summary>The first that is due of each instance; its step drops the others.</summary>
    private const string ReadDue =
        """
        SELECT DISTINCT ON (instance) instance, id, raises FROM workflow.timer
        WHERE instance = ANY ($1) AND due <= now() ORDER BY instance, due, id
        """;

    private const string Drop = "DELETE FROM workflow.timer WHERE id = ANY ($1)";

    /// <returns>How many timers fired.</returns>
    public async Task<int> PassAsync(CancellationToken cancellation)
    {
        var held = await leases.HoldAsync(cancellation);
        if (held.Count == 0)
        {
            return 0;
        }

        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var instances = await LockDueAsync(connection, held, cancellation);
        if (instances.Count == 0)
        {
            return 0;
        }

        // Read only now that the instances are ours: whoever acted on one a moment ago has dropped its timers.
        var due = await ReadDueAsync(connection, instances, cancellation);
        var steps = new List<TakenStep>();
        foreach (var (instance, raises) in due.Select(d => (instances[d.Instance], d.Raises)))
        {
            if (await shelf.TakeAsync(instance.Definition, cancellation) is { } definition
                && StateMachine.Fire(definition, instance.Standing, raises) is { } move)
            {
                steps.Add(new TakenStep(instance, definition, move, SignalIntake.Actor));
            }
        }

        await using var batch = new NpgsqlBatch(connection);
        var unreadable = due.Where(d => shelf.Unreadable.Contains(instances[d.Instance].Definition)).ToHashSet();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Drop) { Parameters = { new() { Value = due.Except(unreadable).Select(d => d.Id).ToArray() } } });
        StepWriter.AddTo(batch, steps);
        await batch.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        WorkflowMeters.Count(steps);
        return due.Count - unreadable.Count;
    }

    private async Task<Dictionary<long, Instance>> LockDueAsync(
        NpgsqlConnection connection, IReadOnlyList<LeasedPartition> held, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(leases.Fence(held));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Instance.LockDue)
        {
            Parameters =
            {
                new() { Value = held.Select(l => l.Partition).ToArray() }, new() { Value = shelf.Unreadable.ToArray() }, new() { Value = Most },
            },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        await reader.NextResultAsync(cancellation);
        var instances = new Dictionary<long, Instance>();
        while (await reader.ReadAsync(cancellation))
        {
            var instance = Instance.From(reader);
            instances.Add(instance.Id, instance);
        }

        return instances;
    }

    private static async Task<List<(long Instance, long Id, string Raises)>> ReadDueAsync(
        NpgsqlConnection connection, Dictionary<long, Instance> instances, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(ReadDue, connection);
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. instances.Keys] });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var due = new List<(long, long, string)>();
        while (await reader.ReadAsync(cancellation))
        {
            due.Add((reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2)));
        }

        return due;
    }
}
