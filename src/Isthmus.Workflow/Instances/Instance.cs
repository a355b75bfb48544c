using Isthmus.Exchange;
using Isthmus.Workflow.Machine;
using Npgsql;

namespace Isthmus.Workflow.Instances;

/// <summary>An instance whose row is locked until the transaction ends.</summary>
internal sealed record Instance(
    long Id, short Tenant, short Partition, int Definition, long MessageId, PersonId? Person, string Title, string? ClaimedBy,
    int Steps, Standing Standing, bool IsClosed)
{
    /// <summary>As the ledger names it: nothing where no message gave rise to it.</summary>
    public long? Message => MessageId == 0 ? null : MessageId;

    private const string Columns =
        """
        SELECT i.id, i.tenant, i.partition, i.definition, i.message_id, i.person, t.title, t.claimed_by, i.steps,
               i.state, t.pool, t.pool_path, t.pool_step, i.closed IS NOT NULL
        FROM workflow.instance i JOIN workflow.task t ON t.id = i.id
        """;

    /// <summary>Waits for whoever holds it. No rows when there is no such instance.</summary>
    public const string LockOne = Columns + " WHERE i.id = $1 FOR UPDATE OF i";

    /// <summary>Those with a timer due in the given partitions; passes over what someone acts on at this moment.</summary>
    public const string LockDue = Columns +
        """
         WHERE i.id IN (
            SELECT m.instance FROM workflow.timer m JOIN workflow.instance d ON d.id = m.instance
            WHERE m.partition = ANY ($1) AND m.due <= now() AND d.definition <> ALL ($2) ORDER BY m.due LIMIT $3)
        ORDER BY i.id FOR UPDATE OF i SKIP LOCKED
        """;

    /// <summary>Those under way for one business key, whatever the workflow.</summary>
    public const string LockByKey = Columns + " WHERE i.tenant = $1 AND i.key = $2 AND i.closed IS NULL ORDER BY i.id FOR UPDATE OF i";

    public static Instance From(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetInt16(1), row.GetInt16(2), row.GetInt32(3), row.GetInt64(4),
        row.IsDBNull(5) ? null : new PersonId(row.GetGuid(5)), row.GetString(6), row.IsDBNull(7) ? null : row.GetString(7), row.GetInt32(8),
        new Standing(row.GetString(9), row.GetString(10), row.GetFieldValue<string[]>(11), row.GetInt32(12)), row.GetBoolean(13));

    public static async Task<List<Instance>> ReadAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        var found = new List<Instance>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            found.Add(From(reader));
        }

        return found;
    }
}
