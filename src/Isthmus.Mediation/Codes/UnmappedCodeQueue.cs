using System.Text.Json;
using Isthmus.Exchange.Ledger;
using Isthmus.Exchange.Phi;
using Isthmus.Records.Keys;
using Isthmus.Records.Read;
using Isthmus.Trust.Ledger;
using Npgsql;

namespace Isthmus.Mediation.Codes;

/// <summary>A code that waits for a meaning, opened. What the sender wrote may be anything, a patient's name too.</summary>
/// <param name="State"><c>open</c>, or <c>proposed</c> once a meaning is written into a site folder.</param>
/// <param name="Messages">The first messages that brought it, at most twenty.</param>
[Phi]
public sealed record WaitingCode(
    long Id, string State, string Source, string Kind, string Table, string System, string Code, string Unit, string Display, string Field, long Seen,
    DateTimeOffset FirstSeen, DateTimeOffset LastSeen, string? Target, string? ProposedBy, IReadOnlyList<long> Messages)
{
    public override string ToString() => "[phi]";
}

/// <summary>
/// The codes that no table knows, for people who know the sources. They lie under the tenant's data key, and who opens them is in the
/// ledger before one is returned.
/// </summary>
/// <param name="source">Mediation's login, whose the keys are.</param>
public sealed class UnmappedCodeQueue(NpgsqlDataSource source, TenantKeys keys)
{
    private const string Columns =
        """
        SELECT id, key, source, kind, table_name, field, seen, first_seen, last_seen, proposed_by, messages, sent, proposal
        FROM mediation.unmapped_code WHERE tenant = $1
        """;

    /// <summary>The most frequent first.</summary>
    /// <param name="of">Only this source's; null for all.</param>
    /// <param name="proposedToo">Those for which a meaning was proposed, as well.</param>
    public Task<IReadOnlyList<WaitingCode>> ListAsync(
        string? of, bool proposedToo, int limit, ReadAuthority authority, CancellationToken cancellation) => OpenAsync(
        $"{Columns} AND ($2::text IS NULL OR source = $2) AND ($3 OR proposed IS NULL) ORDER BY proposed IS NOT NULL, seen DESC, id LIMIT $4",
        [keys.Tenant, (object?)of ?? DBNull.Value, proposedToo, limit], authority, cancellation);

    public async Task<WaitingCode?> FindAsync(long id, ReadAuthority authority, CancellationToken cancellation) =>
        (await OpenAsync($"{Columns} AND id = $2", [keys.Tenant, id], authority, cancellation)).SingleOrDefault();

    /// <summary>Notes that a meaning was written into a site folder; the ledger keeps who did, and not what.</summary>
    public async Task ProposeAsync(long id, string target, string actor, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("SELECT mediation.propose_code($1, $2, $3, $4)");
        command.Parameters.AddWithValue(keys.Tenant);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(SentCode.SealProposal(keys, id, target));
        command.Parameters.AddWithValue(actor);
        await command.ExecuteScalarAsync(cancellation);
    }

    /// <summary>Audit first: without it nothing is opened.</summary>
    private async Task<IReadOnlyList<WaitingCode>> OpenAsync(
        string sql, object[] values, ReadAuthority authority, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var rows = await ReadAsync(connection, sql, values, cancellation);
        if (rows.Count == 0)
        {
            return [];
        }

        await using (var audit = new NpgsqlBatch(connection, transaction))
        {
            var detail = JsonSerializer.Serialize(new { codes = rows.Select(r => r.Id), purpose = authority.Purpose, reason = authority.Reason });
            LedgerAppend.AddTo(audit, keys.Tenant, [new LedgerEvent(LedgerKinds.CodeRead, authority.Actor, MessageId: null, Person: null, detail)]);
            await audit.ExecuteNonQueryAsync(cancellation);
        }

        await transaction.CommitAsync(cancellation);
        return [.. rows.Select(Opened)];
    }

    private WaitingCode Opened(Row row)
    {
        var sent = SentCode.Open(keys, row.Key, row.Sent);
        return new WaitingCode(
            row.Id, row.Proposal is null ? "open" : "proposed", row.Source, row.Kind, row.Table, sent.System, sent.Code, sent.Unit, sent.Display, row.Field,
            row.Seen, row.FirstSeen, row.LastSeen, row.Proposal is null ? null : SentCode.OpenProposal(keys, row.Id, row.Proposal), row.ProposedBy,
            row.Messages);
    }

    private static async Task<List<Row>> ReadAsync(NpgsqlConnection connection, string sql, object[] values, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        var rows = new List<Row>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            rows.Add(new Row(
                row.GetInt64(0), row.GetGuid(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetInt64(6),
                row.GetFieldValue<DateTimeOffset>(7), row.GetFieldValue<DateTimeOffset>(8),
                await row.IsDBNullAsync(9, cancellation) ? null : row.GetString(9), row.GetFieldValue<long[]>(10), row.GetFieldValue<byte[]>(11),
                await row.IsDBNullAsync(12, cancellation) ? null : row.GetFieldValue<byte[]>(12)));
        }

        return rows;
    }

    private sealed record Row(
        long Id, Guid Key, string Source, string Kind, string Table, string Field, long Seen, DateTimeOffset FirstSeen, DateTimeOffset LastSeen,
        string? ProposedBy, long[] Messages, byte[] Sent, byte[]? Proposal);
}
