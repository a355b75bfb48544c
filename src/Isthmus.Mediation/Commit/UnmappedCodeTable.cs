using System.Globalization;
using Isthmus.Exchange;
using Isthmus.Mediation.Codes;
using Isthmus.Mediation.Inbox;
using Isthmus.Records.Keys;
using Npgsql;
using NpgsqlTypes;

namespace Isthmus.Mediation.Commit;

/// <summary>Counts codes that no table knows, once per code and without telling which; a new one asks a person, once per source and day.</summary>
internal static class UnmappedCodeTable
{
    private const string Upsert =
        """
        WITH seen AS (
            INSERT INTO mediation.unmapped_code AS u (tenant, key, source, kind, table_name, field, named, sent, seen, messages)
            SELECT $1, s.key, s.source, s.kind, s.table_name, s.field, s.named, s.sent, s.seen, ARRAY[s.message]
            FROM unnest($2, $3, $4, $5, $6, $7, $8, $9, $10) AS s(key, source, kind, table_name, field, named, sent, seen, message)
            ON CONFLICT (tenant, key) DO UPDATE SET
                seen = u.seen + EXCLUDED.seen, last_seen = now(),
                named = u.named OR EXCLUDED.named,
                sent = CASE WHEN EXCLUDED.named AND NOT u.named THEN EXCLUDED.sent ELSE u.sent END,
                messages = CASE WHEN cardinality(u.messages) < 20 AND NOT u.messages @> EXCLUDED.messages
                                THEN u.messages || EXCLUDED.messages ELSE u.messages END
            RETURNING source, xmax = 0 AS fresh)
        INSERT INTO exchange.signal (tenant, partition, message_id, person, kind, key, location, subject, detail)
        SELECT $1, d.partition, d.message, NULL, $11, d.key, '', d.source, '{}'
        FROM unnest($12, $13, $14, $15) AS d(source, partition, message, key)
        WHERE EXISTS (SELECT FROM seen WHERE seen.fresh AND seen.source = d.source)
        """;

    public static void Add(NpgsqlBatch batch, TenantKeys keys, IReadOnlyList<Carried> carried)
    {
        // In one order on every node, so that two batches never wait for each other.
        Waiting[] rows =
        [
            .. from message in carried
               where message.Trail.Stopped is null
               from code in message.Trail.Unmapped
               group (message.Trail.Message, Code: code) by SentCode.KeyOf(keys, message.Trail.Message.Source, code) into same
               orderby same.Key
               select WaitingOf(keys, same.Key, [.. same]),
        ];
        if (rows.Length == 0)
        {
            return;
        }

        var sources = rows.Select(r => r.First).DistinctBy(m => m.Source).Select(m => (m.Source, m.Id, Key: KeyOf(m.Source, m.Received))).ToArray();
        var command = new NpgsqlBatchCommand(Upsert);
        command.Parameters.Add(new() { Value = keys.Tenant });
        Column(command, rows.Select(r => r.Key), NpgsqlDbType.Uuid);
        Column(command, rows.Select(r => r.First.Source), NpgsqlDbType.Text);
        Column(command, rows.Select(r => r.Code.Kind), NpgsqlDbType.Text);
        Column(command, rows.Select(r => r.Code.Table), NpgsqlDbType.Text);
        Column(command, rows.Select(r => r.Code.Field), NpgsqlDbType.Text);
        Column(command, rows.Select(r => !r.Code.Display.IsEmpty), NpgsqlDbType.Boolean);
        Column(command, rows.Select(r => r.Sent), NpgsqlDbType.Bytea);
        Column(command, rows.Select(r => r.Seen), NpgsqlDbType.Bigint);
        Column(command, rows.Select(r => r.First.Id), NpgsqlDbType.Bigint);
        command.Parameters.Add(new() { Value = SignalKinds.CodesUnmapped });
        Column(command, sources.Select(s => s.Source), NpgsqlDbType.Text);
        Column(command, sources.Select(s => SignalTable.PartitionOf(s.Key)), NpgsqlDbType.Smallint);
        Column(command, sources.Select(s => s.Id), NpgsqlDbType.Bigint);
        Column(command, sources.Select(s => s.Key), NpgsqlDbType.Text);
        batch.BatchCommands.Add(command);
    }

    /// <summary>With the display of the first message that has one.</summary>
    private static Waiting WaitingOf(TenantKeys keys, Guid key, (Leased Message, UnmappedCode Code)[] same)
    {
        var code = same.Select(s => s.Code).FirstOrDefault(c => !c.Display.IsEmpty) ?? same[0].Code;
        return new Waiting(key, code, SentCode.Seal(keys, key, code), same.LongCount(s => !s.Message.Replayed), same[0].Message);
    }

    private static string KeyOf(string source, DateTimeOffset received) =>
        $"codes/{source}/{received.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}";

    private static void Column<T>(NpgsqlBatchCommand command, IEnumerable<T> values, NpgsqlDbType type) =>
        command.Parameters.Add(new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });

    private sealed record Waiting(Guid Key, UnmappedCode Code, byte[] Sent, long Seen, Leased First);
}
