using Npgsql;

namespace Isthmus.Mediation.Codes;

/// <summary>A code that waits for a meaning, as people see it.</summary>
/// <param name="State"><c>open</c>, or <c>proposed</c> once a meaning is written into a site folder.</param>
/// <param name="Messages">The first messages that brought it, at most twenty.</param>
public sealed record WaitingCode(
    long Id, string State, string Source, string Kind, string Table, string System, string Code, string Display, string Field, long Seen,
    DateTimeOffset FirstSeen, DateTimeOffset LastSeen, string? Target, string? ProposedBy, IReadOnlyList<long> Messages);

/// <summary>The codes that no table knows, for people who know the sources.</summary>
/// <param name="source">The operator's login.</param>
public sealed class UnmappedCodeQueue(NpgsqlDataSource source)
{
    private const string Columns =
        """
        SELECT id, proposed IS NOT NULL, source, kind, table_name, system, code, display, field, seen, first_seen, last_seen, target, proposed_by, messages
        FROM mediation.unmapped_code
        """;

    /// <summary>The most frequent first.</summary>
    /// <param name="of">Only this source's; null for all.</param>
    /// <param name="proposedToo">Those for which a meaning was proposed, as well.</param>
    public Task<IReadOnlyList<WaitingCode>> ListAsync(short tenant, string? of, bool proposedToo, int limit, CancellationToken cancellation) => ReadAsync(
        $"{Columns} WHERE tenant = $1 AND ($2::text IS NULL OR source = $2) AND ($3 OR proposed IS NULL) ORDER BY proposed IS NOT NULL, seen DESC, id LIMIT $4",
        [tenant, (object?)of ?? DBNull.Value, proposedToo, limit], cancellation);

    public async Task<WaitingCode?> FindAsync(long id, CancellationToken cancellation) =>
        (await ReadAsync($"{Columns} WHERE id = $1", [id], cancellation)).SingleOrDefault();

    /// <summary>Notes that a meaning was written into a site folder; the ledger keeps who did.</summary>
    public async Task ProposeAsync(long id, string target, string actor, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("SELECT mediation.propose_code($1, $2, $3)");
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(target);
        command.Parameters.AddWithValue(actor);
        await command.ExecuteScalarAsync(cancellation);
    }

    private async Task<IReadOnlyList<WaitingCode>> ReadAsync(string sql, object[] values, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        var codes = new List<WaitingCode>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            codes.Add(new WaitingCode(
                row.GetInt64(0), row.GetBoolean(1) ? "proposed" : "open", row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5),
                row.GetString(6), row.GetString(7), row.GetString(8), row.GetInt64(9), row.GetFieldValue<DateTimeOffset>(10),
                row.GetFieldValue<DateTimeOffset>(11), await row.IsDBNullAsync(12, cancellation) ? null : row.GetString(12),
                await row.IsDBNullAsync(13, cancellation) ? null : row.GetString(13), row.GetFieldValue<long[]>(14)));
        }

        return codes;
    }
}
