using Npgsql;

namespace Isthmus.Trust.Access.Quotas;

/// <summary>One shared bucket as it stands now.</summary>
/// <param name="Remaining">Whole requests that are left, beyond what nodes have leased.</param>
/// <param name="PerSecond">As it holds now; <paramref name="Burst"/> too.</param>
/// <param name="Share">Of the contract's quota, from 0 to 1: less while what lies behind the route is degraded.</param>
/// <param name="LastRefused">When a node last got less than it asked for; null when it never did.</param>
public sealed record QuotaUse(
    string Client, string Environment, string Route, string Resource, string Traffic, double PerSecond, int Burst, int Remaining,
    DateTime LastUsed, DateTime? LastRefused, double Share);

/// <summary>The buckets that were drawn on lately, for the operator's login.</summary>
public sealed class QuotaReport(NpgsqlDataSource source)
{
    private const string ListSql =
        """
        SELECT client, environment, route, resource, traffic, per_second, burst,
               floor(least(burst, tokens + per_second * greatest(0, extract(epoch FROM clock_timestamp() - at))))::int, at, refused_at, share
        FROM access.bucket
        WHERE tenant = $1 AND ($2 IS NULL OR client = $2)
        ORDER BY refused_at DESC NULLS LAST, at DESC, client, route, resource, traffic LIMIT $3
        """;

    /// <summary>Those that refused lately first.</summary>
    /// <param name="client">Null for all.</param>
    public async Task<IReadOnlyList<QuotaUse>> ListAsync(short tenant, string? client, int most, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(ListSql);
        command.Parameters.AddWithValue(tenant);
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)client ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.AddWithValue(most);
        var uses = new List<QuotaUse>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            uses.Add(new QuotaUse(
                row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetDouble(5), row.GetInt32(6),
                row.GetInt32(7), row.GetDateTime(8), await row.IsDBNullAsync(9, cancellation) ? null : row.GetDateTime(9),
                row.GetDouble(10)));
        }

        return uses;
    }
}
