using System.Globalization;
using Isthmus.Exchange;
using Isthmus.Mediation.Codes;
using Npgsql;
using NpgsqlTypes;

namespace Isthmus.Mediation.Commit;

/// <summary>Counts codes that no table knows, once per code; a new one asks a person, once per source and day.</summary>
internal static class UnmappedCodeTable
{
    private const string Upsert =
        """
        WITH seen AS (
            INSERT INTO mediation.unmapped_code AS u (tenant, source, kind, table_name, system, code, display, field, seen, messages)
            SELECT $1, s.source, s.kind, s.table_name, s.system, s.code, s.display, s.field, s.seen, ARRAY[s.message]
            FROM unnest($2, $3, $4, $5, $6, $7, $8, $9, $10) AS s(source, kind, table_name, system, code, display, field, seen, message)
            ON CONFLICT (tenant, source, table_name, system, code, field) DO UPDATE SET
                seen = u.seen + EXCLUDED.seen, last_seen = now(),
                display = CASE WHEN u.display = '' THEN EXCLUDED.display ELSE u.display END,
                messages = CASE WHEN cardinality(u.messages) < 20 AND NOT u.messages @> EXCLUDED.messages
                                THEN u.messages || EXCLUDED.messages ELSE u.messages END
            RETURNING source, xmax = 0 AS fresh)
        INSERT INTO exchange.signal (tenant, partition, message_id, person, kind, key, location, subject, detail)
        SELECT $1, d.partition, d.message, NULL, $11, d.key, '', d.source, '{}'
        FROM unnest($12, $13, $14, $15) AS d(source, partition, message, key)
        WHERE EXISTS (SELECT FROM seen WHERE seen.fresh AND seen.source = d.source)
        """;

    public static void Add(NpgsqlBatch batch, short tenant, IReadOnlyList<Carried> carried)
    {
        // In one order on every node, so that two batches never wait for each other.
        var rows = (
            from message in carried
            where message.Trail.Stopped is null
            from code in message.Trail.Unmapped
            group message.Trail.Message by (message.Trail.Message.Source, Code: code with { Display = string.Empty }) into same
            orderby same.Key.Source, same.Key.Code.Table, same.Key.Code.System, same.Key.Code.Code, same.Key.Code.Field
            select (same.Key.Source, same.Key.Code, Seen: (long)same.Count(m => !m.Replayed), Message: same.First())).ToArray();
        if (rows.Length == 0)
        {
            return;
        }

        var displays = carried.SelectMany(c => c.Trail.Unmapped).Where(c => c.Display.Length > 0)
            .DistinctBy(c => c with { Display = string.Empty }).ToDictionary(c => c with { Display = string.Empty }, c => c.Display);
        var sources = rows.DistinctBy(r => r.Source).Select(r => (r.Source, r.Message.Id, Key: KeyOf(r.Source, r.Message.Received))).ToArray();
        var command = new NpgsqlBatchCommand(Upsert);
        command.Parameters.Add(new() { Value = tenant });
        Column(command, rows.Select(r => r.Source), NpgsqlDbType.Text);
        Column(command, rows.Select(r => r.Code.Kind), NpgsqlDbType.Text);
        Column(command, rows.Select(r => r.Code.Table), NpgsqlDbType.Text);
        Column(command, rows.Select(r => r.Code.System), NpgsqlDbType.Text);
        Column(command, rows.Select(r => r.Code.Code), NpgsqlDbType.Text);
        Column(command, rows.Select(r => displays.GetValueOrDefault(r.Code, string.Empty)), NpgsqlDbType.Text);
        Column(command, rows.Select(r => r.Code.Field), NpgsqlDbType.Text);
        Column(command, rows.Select(r => r.Seen), NpgsqlDbType.Bigint);
        Column(command, rows.Select(r => r.Message.Id), NpgsqlDbType.Bigint);
        command.Parameters.Add(new() { Value = SignalKinds.CodesUnmapped });
        Column(command, sources.Select(s => s.Source), NpgsqlDbType.Text);
        Column(command, sources.Select(s => SignalTable.PartitionOf(s.Key)), NpgsqlDbType.Smallint);
        Column(command, sources.Select(s => s.Id), NpgsqlDbType.Bigint);
        Column(command, sources.Select(s => s.Key), NpgsqlDbType.Text);
        batch.BatchCommands.Add(command);
    }

    private static string KeyOf(string source, DateTimeOffset received) =>
        $"codes/{source}/{received.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}";

    private static void Column<T>(NpgsqlBatchCommand command, IEnumerable<T> values, NpgsqlDbType type) =>
        command.Parameters.Add(new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
}
