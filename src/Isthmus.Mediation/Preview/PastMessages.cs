using System.Text.Json;
using Isthmus.Exchange;
using Isthmus.Exchange.Journal;
using Isthmus.Exchange.Ledger;
using Isthmus.Exchange.Phi;
using Isthmus.Trust.Keys;
using Isthmus.Trust.Keys.Sealing;
using Isthmus.Trust.Ledger;
using Npgsql;
using NpgsqlTypes;

namespace Isthmus.Mediation.Preview;

/// <summary>A journalled message, opened.</summary>
public sealed record PastMessage(long Id, DateTimeOffset Received, string Source, string ControlId, PhiBytes Raw);

/// <summary>Which past messages to open.</summary>
/// <param name="Ids">These; empty to take the newest.</param>
/// <param name="Source">The newest of this source only; null of any.</param>
public sealed record PastChoice(IReadOnlyList<long> Ids, string? Source, int Last);

/// <summary>
/// Opens messages of the journal for somebody who says why. Needs Mediation's login and its private sealing key; each message that is
/// opened is in the ledger before a byte of it is.
/// </summary>
public sealed class PastMessages(NpgsqlDataSource source, Opener opener)
{
    private const string Choose =
        """
        SELECT j.id, j.received, j.tenant, j.source, j.control_id, j.seal_key, j.seal_nonce, j.body, m.person
        FROM exchange.journal j LEFT JOIN mediation.message m ON m.message_id = j.id
        WHERE (cardinality($1) = 0 OR j.id = ANY ($1)) AND ($2::text IS NULL OR j.source = $2)
        ORDER BY j.id DESC LIMIT $3
        """;

    /// <param name="actor">Who reads.</param>
    /// <param name="reason">Why, in their words.</param>
    /// <returns>The oldest first.</returns>
    public async Task<IReadOnlyList<PastMessage>> OpenAsync(PastChoice choice, string actor, string reason, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var rows = await ReadAsync(connection, choice, cancellation);
        await using (var audit = new NpgsqlBatch(connection, transaction))
        {
            var detail = JsonSerializer.Serialize(new { purpose = "map-preview", reason });
            foreach (var tenant in rows.GroupBy(r => r.Tenant))
            {
                LedgerAppend.AddTo(audit, tenant.Key, [.. tenant.Select(r => new LedgerEvent(LedgerKinds.MessageRead, actor, r.Id, r.Person, detail))]);
            }

            if (audit.BatchCommands.Count > 0)
            {
                await audit.ExecuteNonQueryAsync(cancellation);
            }
        }

        await transaction.CommitAsync(cancellation);
        var opened = new List<PastMessage>(rows.Count);
        foreach (var row in rows.AsEnumerable().Reverse())
        {
            var session = await opener.SessionAsync(row.SealKey, cancellation);
            var packed = session.Open(row.Body, JournalSeal.Bound(row.Source, row.ControlId), row.Nonce);
            opened.Add(new PastMessage(row.Id, row.Received, row.Source, row.ControlId, new PhiBytes(Compression.Unpack(packed))));
        }

        return opened;
    }

    private static async Task<List<Row>> ReadAsync(NpgsqlConnection connection, PastChoice choice, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Choose, connection);
        command.Parameters.Add(new() { Value = choice.Ids.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = (object?)choice.Source ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = choice.Ids.Count > 0 ? choice.Ids.Count : choice.Last });
        var rows = new List<Row>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            rows.Add(new Row(
                reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetInt16(2), reader.GetString(3), reader.GetString(4),
                reader.GetInt32(5), reader.GetInt64(6), reader.GetFieldValue<byte[]>(7),
                await reader.IsDBNullAsync(8, cancellation) ? null : new PersonId(reader.GetGuid(8))));
        }

        return rows;
    }

    private sealed record Row(
        long Id, DateTimeOffset Received, short Tenant, string Source, string ControlId, int SealKey, long Nonce, byte[] Body, PersonId? Person);
}
