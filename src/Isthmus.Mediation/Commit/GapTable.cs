using Isthmus.Exchange;
using Isthmus.Mediation.Messages;
using Isthmus.Mediation.Persons;
using Npgsql;
using NpgsqlTypes;

namespace Isthmus.Mediation.Commit;

/// <summary>What is missing from records and has been asked for. Most batches have nothing to write here.</summary>
internal static class GapTable
{
    public static void Add(NpgsqlBatch batch, short tenant, IReadOnlyList<Carried> carried)
    {
        var ended = carried.Where(c => c.Trail.Stopped is null && c.Trail.Person is not null);
        AddOpened(batch, tenant, [.. ended.SelectMany(c => c.Trail.Opened.Select(g => (c.Trail.Person!.Value.Value, g)))]);
        AddFilled(batch, tenant, [.. ended.SelectMany(c => c.Trail.Filled).Distinct()]);
    }

    private static void AddOpened(NpgsqlBatch batch, short tenant, IReadOnlyList<(Guid Person, OpenGap Gap)> opened)
    {
        if (opened.Count == 0)
        {
            return;
        }

        var insert = new NpgsqlBatchCommand(
            """
            INSERT INTO mediation.gap (tenant, person, resource, field, contract, message_id)
            SELECT $1, * FROM unnest($2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
            """);
        insert.Parameters.Add(new() { Value = tenant });
        Column(insert, opened.Select(o => o.Person), NpgsqlDbType.Uuid);
        Column(insert, opened.Select(o => o.Gap.Resource), NpgsqlDbType.Uuid);
        Column(insert, opened.Select(o => o.Gap.Field), NpgsqlDbType.Text);
        Column(insert, opened.Select(o => o.Gap.Contract), NpgsqlDbType.Text);
        Column(insert, opened.Select(o => o.Gap.Message), NpgsqlDbType.Bigint);
        batch.BatchCommands.Add(insert);
    }

    /// <summary>Tells Workflow of each message from which nothing is missing any more.</summary>
    private static void AddFilled(NpgsqlBatch batch, short tenant, IReadOnlyList<OpenGap> filled)
    {
        if (filled.Count == 0)
        {
            return;
        }

        var delete = new NpgsqlBatchCommand("DELETE FROM mediation.gap g USING unnest($1, $2) AS f(resource, field) WHERE g.resource = f.resource AND g.field = f.field");
        Column(delete, filled.Select(f => f.Resource), NpgsqlDbType.Uuid);
        Column(delete, filled.Select(f => f.Field), NpgsqlDbType.Text);
        batch.BatchCommands.Add(delete);

        long[] messages = [.. filled.Select(f => f.Message).Distinct()];
        var tell = new NpgsqlBatchCommand(
            """
            INSERT INTO exchange.signal (tenant, partition, message_id, person, kind, key, location, subject, detail)
            SELECT $1, m.partition, m.id, NULL, $2, m.key, '', '', '{}' FROM unnest($3, $4, $5) AS m(id, partition, key)
            WHERE NOT EXISTS (SELECT FROM mediation.gap g WHERE g.message_id = m.id)
            """);
        tell.Parameters.Add(new() { Value = tenant });
        tell.Parameters.Add(new() { Value = SignalKinds.MessageCompleted });
        Column(tell, messages, NpgsqlDbType.Bigint);
        Column(tell, messages.Select(m => SignalTable.PartitionOf(Incompleteness.KeyOf(m))), NpgsqlDbType.Smallint);
        Column(tell, messages.Select(Incompleteness.KeyOf), NpgsqlDbType.Text);
        batch.BatchCommands.Add(tell);
    }

    private static void Column<T>(NpgsqlBatchCommand command, IEnumerable<T> values, NpgsqlDbType type) =>
        command.Parameters.Add(new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
}
