using Isthmus.Exchange;
using Isthmus.Store.Leases;
using Npgsql;
using NpgsqlTypes;

namespace Isthmus.Mediation.Commit;

/// <summary>Hands signals to Workflow.</summary>
internal static class SignalTable
{
    public static void Add(NpgsqlBatch batch, short tenant, IReadOnlyList<Carried> carried)
    {
        Add(batch, tenant, [.. from message in carried
                               from signal in message.Trail.Signals
                               select signal with { Person = signal.Person ?? message.Trail.Person }]);
    }

    public static void Add(NpgsqlBatch batch, short tenant, Signal[] rows)
    {
        if (rows.Length == 0)
        {
            return;
        }

        var command = new NpgsqlBatchCommand(
            """
            INSERT INTO exchange.signal (tenant, partition, message_id, person, kind, key, location, subject, detail)
            SELECT $1, * FROM unnest($2, $3, $4, $5, $6, $7, $8, $9)
            """);
        command.Parameters.Add(new() { Value = tenant });
        Column(command, rows, s => PartitionOf(s.Key), NpgsqlDbType.Smallint);
        Column(command, rows, s => s.MessageId, NpgsqlDbType.Bigint);
        Column(command, rows, s => s.Person?.Value, NpgsqlDbType.Uuid);
        Column(command, rows, s => s.Kind, NpgsqlDbType.Text);
        Column(command, rows, s => s.Key, NpgsqlDbType.Text);
        Column(command, rows, s => s.Location, NpgsqlDbType.Text);
        Column(command, rows, s => s.Subject, NpgsqlDbType.Text);
        Column(command, rows, s => s.Detail, NpgsqlDbType.Text);
        batch.BatchCommands.Add(command);
    }

    public static short PartitionOf(string key) => PartitionLeases.PartitionOf(StableHash(key));

    /// <summary>The same key goes to the same partition on every node (FNV-1a).</summary>
    private static long StableHash(string key)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in key)
        {
            hash = (hash ^ c) * 1099511628211UL;
        }

        return (long)hash;
    }

    private static void Column<T>(NpgsqlBatchCommand command, Signal[] rows, Func<Signal, T> value, NpgsqlDbType type) =>
        command.Parameters.Add(new() { Value = rows.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
}
