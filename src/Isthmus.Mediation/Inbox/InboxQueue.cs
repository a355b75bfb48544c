using Isthmus.Mediation.Sites;
using Isthmus.Store.Leases;
using Npgsql;
using NpgsqlTypes;

namespace Isthmus.Mediation.Inbox;

/// <summary>
/// Takes journalled messages from the queue in order of arrival inside each partition. The attempt is counted and the
/// site version pinned, both durable, before any work on a message begins.
/// </summary>
internal sealed class InboxQueue(NpgsqlDataSource source, SiteVersions sites)
{
    /// <summary>Messages of one partition per batch: with sixteen partitions a batch stays under a quarter second of work.</summary>
    private const int PerPartition = 8;

    private const string Take =
        """
        SELECT i.id, i.received, i.partition, i.order_key, i.attempts, i.site_version, i.replayed,
               j.source, j.control_id, j.reused, j.seal_key, j.seal_nonce, j.body
        FROM unnest($1) AS held(partition),
             LATERAL (SELECT * FROM exchange.inbox q WHERE q.partition = held.partition ORDER BY q.id LIMIT $2) AS i
             JOIN exchange.journal j ON j.id = i.id AND j.received = i.received
        ORDER BY i.id
        """;

    // The counter must survive this process, not the machine's power: no disk flush is waited for. Set within the statement, which is
    // then a transaction of its own, in one round trip.
    private const string Count =
        """
        UPDATE exchange.inbox i SET attempts = i.attempts + 1, site_version = coalesce(i.site_version, $3)
        FROM unnest($1, $2) AS taken(partition, id)
        WHERE i.partition = taken.partition AND i.id = taken.id AND (SELECT set_config('synchronous_commit', 'off', true)) = 'off'
        """;

    /// <summary>
    /// The next batch. A message whose work was begun before and not ended comes alone, so that it cannot take others
    /// with it.
    /// </summary>
    public async Task<IReadOnlyList<Leased>> TakeAsync(IReadOnlyList<LeasedPartition> held, CancellationToken cancellation)
    {
        var rows = await ReadAsync(held, cancellation);
        if (rows.Count == 0)
        {
            return [];
        }

        if (rows.FirstOrDefault(r => r.Attempts > 0) is { } begun)
        {
            // Only the head of its partition may go alone, else it would overtake.
            rows = [rows.First(r => r.Partition == begun.Partition)];
        }

        // Read once: what is pinned is what is worked by, even if the site is swapped meanwhile.
        var current = sites.CurrentVersion;
        await MarkAsync(rows, current, cancellation);
        var batch = new List<Leased>(rows.Count);
        foreach (var row in rows)
        {
            var pinned = await sites.FindAsync(row.SiteVersion ?? current, cancellation);
            var site = pinned ?? await sites.FindAsync(current, cancellation)
                ?? throw new InvalidOperationException($"The maps of site {current} do not load. Run `isthmus site check` on it.");
            batch.Add(new Leased(
                row.Id, row.Received, row.Partition, row.OrderKey, row.Attempts + 1, row.Replayed, row.Source, row.ControlId,
                row.Reused, row.SealKey, row.SealNonce, row.Body, site, IsPinnedSiteGone: pinned is null));
        }

        return batch;
    }

    /// <summary>Takes back the attempt of messages whose work ended for no fault of theirs.</summary>
    public async Task UncountAsync(IReadOnlyList<Leased> messages, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(
            """
            UPDATE exchange.inbox i SET attempts = i.attempts - 1
            FROM unnest($1, $2) AS taken(partition, id)
            WHERE i.partition = taken.partition AND i.id = taken.id AND i.attempts > 0
            """);
        command.Parameters.Add(new() { Value = messages.Select(m => m.Partition).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint });
        command.Parameters.Add(new() { Value = messages.Select(m => m.Id).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private async Task<List<Row>> ReadAsync(IReadOnlyList<LeasedPartition> held, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(Take);
        command.Parameters.Add(new()
        {
            Value = held.Select(h => h.Partition).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint,
        });
        command.Parameters.AddWithValue(PerPartition);
        var rows = new List<Row>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            rows.Add(new Row(
                reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetInt16(2), reader.GetInt64(3), reader.GetInt16(4),
                await reader.IsDBNullAsync(5, cancellation) ? null : reader.GetString(5),
                reader.GetBoolean(6), reader.GetString(7), reader.GetString(8), reader.GetBoolean(9), reader.GetInt32(10), reader.GetInt64(11),
                reader.GetFieldValue<byte[]>(12)));
        }

        return rows;
    }

    private async Task MarkAsync(List<Row> rows, string current, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(Count);
        command.Parameters.Add(new() { Value = rows.Select(r => r.Partition).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint });
        command.Parameters.Add(new() { Value = rows.Select(r => r.Id).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = current, NpgsqlDbType = NpgsqlDbType.Text });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private sealed record Row(
        long Id, DateTimeOffset Received, short Partition, long OrderKey, short Attempts, string? SiteVersion, bool Replayed, string Source,
        string ControlId, bool Reused, int SealKey, long SealNonce, byte[] Body);
}
