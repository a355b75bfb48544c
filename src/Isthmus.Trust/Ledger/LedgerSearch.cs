using System.Text;
using Isthmus.Exchange;
using Isthmus.Exchange.Ledger;
using Npgsql;

namespace Isthmus.Trust.Ledger;

/// <summary>What to look for; everything given must hold.</summary>
/// <param name="Limit">At most this many events, the newest.</param>
public sealed record LedgerQuery(
    short Tenant, long? MessageId = null, PersonId? Person = null, string? Actor = null, string? Kind = null,
    DateTimeOffset? Since = null, int Limit = 100);

/// <summary>An event as found.</summary>
/// <param name="Login">The database login that appended it, which no caller can choose.</param>
/// <param name="Sentence">The event in business words.</param>
public sealed record LedgerRecord(
    long Seq, DateTimeOffset At, string Kind, string Actor, string Login, long? MessageId, Guid? Person, string Detail, string Sentence);

/// <summary>Finds events by message, patient, actor, kind and time; newest first.</summary>
/// <param name="source">A login that may read the ledger: the operator's.</param>
public sealed class LedgerSearch(NpgsqlDataSource source)
{
    /// <summary>Places of the chain looked through first, going back from its head; each further look is twice as wide.</summary>
    private const long FirstStretch = 8192;

    private const long WidestStretch = 1 << 20;

    public async Task<IReadOnlyList<LedgerRecord>> FindAsync(LedgerQuery query, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(query);
        var head = await HeadAsync(query.Tenant, cancellation);
        var found = new List<LedgerRecord>();

        // By message or patient the indexes say where to look; by anything else the newest come first.
        var width = query.MessageId is null && query.Person is null ? FirstStretch : head;
        for (var to = head; to > 0 && found.Count < query.Limit; )
        {
            var after = Math.Max(0, to - width);
            var began = await ReadAsync(query, after, to, found, cancellation);
            if (query.Since is { } since && began < since)
            {
                break;
            }

            to = after;
            width = Math.Min(width * 2, WidestStretch);
        }

        return found;
    }

    /// <summary>The kinds of which there are events, in order.</summary>
    public async Task<IReadOnlyList<string>> KindsAsync(CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("SELECT coalesce(array_agg(DISTINCT kind ORDER BY kind), '{}') FROM ledger.phrase");
        return (string[])(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <returns>When the stretch begins, to know whether going further back can find anything.</returns>
    private async Task<DateTimeOffset> ReadAsync(LedgerQuery query, long after, long to, List<LedgerRecord> found, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand();
        var sql = new StringBuilder(
            """
            SELECT e.seq, e.at, p.kind, p.actor, p.login, e.message_id, e.person, coalesce(e.detail, p.detail, '')
            FROM ledger.entry e JOIN ledger.phrase p ON p.id = e.phrase
            WHERE e.tenant = $1 AND e.seq > $2 AND e.seq <= $3
            """);
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = query.Tenant });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = to });
        Where(" AND e.message_id = ", query.MessageId);
        Where(" AND e.person = ", query.Person?.Value);
        Where(" AND p.actor = ", query.Actor);
        Where(" AND p.kind = ", query.Kind);
        Where(" AND e.at >= ", query.Since?.UtcDateTime);
        sql.Append(" ORDER BY e.seq DESC");
        Where(" LIMIT ", (int?)(query.Limit - found.Count));
        command.CommandText = sql.ToString();

        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation))
            {
                found.Add(Record(reader));
            }
        }

        return query.Since is null ? default : await BeganAsync(query.Tenant, after + 1, cancellation);

        void Where(string clause, object? value)
        {
            if (value is not null)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = value });
                sql.Append(clause).Append('$').Append(command.Parameters.Count);
            }
        }
    }

    private static LedgerRecord Record(NpgsqlDataReader row)
    {
        long? message = row.IsDBNull(5) ? null : row.GetInt64(5);
        Guid? person = row.IsDBNull(6) ? null : row.GetGuid(6);
        var (kind, actor, detail) = (row.GetString(2), row.GetString(3), row.GetString(7));
        var sentence = LedgerSentences.Of(new LedgerEvent(kind, actor, message, person is { } id ? new PersonId(id) : null, detail));
        return new LedgerRecord(
            row.GetInt64(0), row.GetFieldValue<DateTimeOffset>(1), kind, actor, row.GetString(4), message, person, detail, sentence);
    }

    private async Task<DateTimeOffset> BeganAsync(short tenant, long seq, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("SELECT at FROM ledger.entry WHERE tenant = $1 AND seq = $2");
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = tenant });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = seq });
        return await command.ExecuteScalarAsync(cancellation) is DateTime at ? new DateTimeOffset(at) : default;
    }

    private async Task<long> HeadAsync(short tenant, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("SELECT seq FROM ledger.head WHERE tenant = $1");
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = tenant });
        return await command.ExecuteScalarAsync(cancellation) as long? ?? 0;
    }
}
