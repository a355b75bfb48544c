using Npgsql;

namespace Isthmus.Trust.Access.Conduct;

/// <summary>How often a client did something: within the last hour, and within the last day.</summary>
public sealed record ConductRow(string Cause, long LastHour, long LastDay, DateTime Latest);

/// <summary>An alert on a client.</summary>
/// <param name="Closed">Null while it is open.</param>
public sealed record ConductAlert(long Id, string Cause, int Times, DateTime Opened, DateTime Last, DateTime? Closed);

/// <summary>What a client did at the door, and what it holds.</summary>
/// <param name="Tokens">Tokens of it that are still within their time and were not taken back.</param>
/// <param name="LatestToken">When it was last given one, as far as the log of issued tokens goes back.</param>
public sealed record ClientConduct(int Tokens, DateTime? LatestToken, IReadOnlyList<ConductRow> Causes, IReadOnlyList<ConductAlert> Alerts);

/// <summary>Conduct of clients, for the operator's login.</summary>
public sealed class ConductReport(NpgsqlDataSource source)
{
    private const string ReadTokens =
        """
        SELECT count(*) FILTER (WHERE expires > clock_timestamp() AND NOT EXISTS (SELECT FROM tokens.revoked r WHERE r.id = i.id))::int, max(at)
        FROM tokens.issued i WHERE client = $1
        """;

    private const string ReadCauses =
        """
        SELECT cause, coalesce(sum(times) FILTER (WHERE minute > clock_timestamp() - interval '1 hour'), 0), sum(times), max(minute)
        FROM access.conduct WHERE kind = 'client' AND subject = $1 GROUP BY cause ORDER BY 3 DESC, 1
        """;

    private const string ReadAlerts =
        """
        SELECT id, cause, times, opened, last, closed FROM access.alert
        WHERE kind = 'client' AND subject = $1 ORDER BY closed IS NOT NULL, last DESC LIMIT 20
        """;

    public async Task<ClientConduct> OfAsync(string client, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var question in new[] { ReadTokens, ReadCauses, ReadAlerts })
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(question) { Parameters = { new NpgsqlParameter<string> { TypedValue = client } } });
        }

        await using var row = await batch.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        var (tokens, latest) = (row.GetInt32(0), row.IsDBNull(1) ? (DateTime?)null : row.GetDateTime(1));

        await row.NextResultAsync(cancellation);
        var causes = new List<ConductRow>();
        while (await row.ReadAsync(cancellation))
        {
            causes.Add(new ConductRow(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetDateTime(3)));
        }

        await row.NextResultAsync(cancellation);
        var alerts = new List<ConductAlert>();
        while (await row.ReadAsync(cancellation))
        {
            alerts.Add(new ConductAlert(
                row.GetInt64(0), row.GetString(1), row.GetInt32(2), row.GetDateTime(3), row.GetDateTime(4), row.IsDBNull(5) ? null : row.GetDateTime(5)));
        }

        return new ClientConduct(tokens, latest, causes, alerts);
    }
}
