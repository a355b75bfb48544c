using Isthmus.Exchange;
using Npgsql;
using NpgsqlTypes;

namespace Isthmus.Mediation.Commit;

/// <summary>A message that stopped, with what later ones are known by to be behind it.</summary>
internal readonly record struct StoppedMessage(long Id, long OrderKey, Guid? Person)
{
    /// <summary>Same source and PID-3, or the same person.</summary>
    public bool IsBefore(long id, long orderKey, Guid? person) =>
        Id < id && (OrderKey == orderKey || (person is not null && Person == person));
}

/// <summary>The messages that stopped and have not been worked to their end since.</summary>
internal static class StoppedTable
{
    /// <summary>What stopped before and may stand in the way of these messages.</summary>
    public static async Task<IReadOnlyList<StoppedMessage>> BeforeAsync(
        NpgsqlConnection connection, short tenant, IReadOnlyCollection<Carried> routed, CancellationToken cancellation)
    {
        var found = new List<StoppedMessage>();
        await using var command = new NpgsqlCommand(
            """
            SELECT DISTINCT s.message_id, s.order_key, s.person
            FROM unnest($2, $3) AS m(order_key, person)
            JOIN mediation.stopped s ON s.order_key = m.order_key OR s.person = m.person
            WHERE s.tenant = $1 AND s.until > now()
            """, connection);
        command.Parameters.AddWithValue(tenant);
        (long OrderKey, Guid? Person)[] keys =
        [
            .. routed.Select(c => (c.Trail.Message.OrderKey, c.Trail.Person?.Value)),
            .. routed.Where(c => c.Trail.Merged is not null).Select(c => (c.Trail.Message.OrderKey, (Guid?)c.Trail.Merged!.Gone.Value)),
        ];
        command.Parameters.Add(new() { Value = Array.ConvertAll(keys, k => k.OrderKey), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = Array.ConvertAll(keys, k => k.Person), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            found.Add(new StoppedMessage(
                reader.GetInt64(0), reader.GetInt64(1), await reader.IsDBNullAsync(2, cancellation) ? null : reader.GetGuid(2)));
        }

        return found;
    }

    /// <summary>Notes what stopped, and forgets what was put back and came to its end.</summary>
    public static void Add(NpgsqlBatch batch, short tenant, IReadOnlyList<Carried> carried)
    {
        Carried[] stopped = [.. carried.Where(c => c.HoldsOthers && c.Trail.Message.Contract is not null)];
        if (stopped.Length > 0)
        {
            var insert = new NpgsqlBatchCommand(
                """
                INSERT INTO mediation.stopped (tenant, message_id, order_key, person, until, behind)
                SELECT $1, s.id, s.order_key, s.person, now() + s.hold, s.behind FROM unnest($2, $3, $4, $5, $6) AS s(id, order_key, person, hold, behind)
                ON CONFLICT (message_id) DO NOTHING
                """);
            insert.Parameters.Add(new() { Value = tenant });
            Column(insert.Parameters, stopped, c => c.Trail.Message.Id, NpgsqlDbType.Bigint);
            Column(insert.Parameters, stopped, c => c.Trail.Message.OrderKey, NpgsqlDbType.Bigint);
            Column(insert.Parameters, stopped, c => c.Trail.Person?.Value, NpgsqlDbType.Uuid);
            Column(insert.Parameters, stopped, c => c.Trail.Message.Contract!.Order.MaxHold, NpgsqlDbType.Interval);
            Column(insert.Parameters, stopped, c => c.Trail.Stopped!.Finding.Rule == CommitRules.HeldBehindEarlier.Rule, NpgsqlDbType.Boolean);
            batch.BatchCommands.Add(insert);
        }

        Carried[] ended = [.. carried.Where(c => c.Trail.Message.Replayed && !c.HoldsOthers)];
        if (ended.Length > 0)
        {
            var delete = new NpgsqlBatchCommand("DELETE FROM mediation.stopped WHERE message_id = ANY($1)");
            Column(delete.Parameters, ended, c => c.Trail.Message.Id, NpgsqlDbType.Bigint);
            batch.BatchCommands.Add(delete);
        }
    }

    private static void Column<T>(NpgsqlParameterCollection parameters, IReadOnlyCollection<Carried> rows, Func<Carried, T> value, NpgsqlDbType type) =>
        parameters.Add(new() { Value = rows.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
}
