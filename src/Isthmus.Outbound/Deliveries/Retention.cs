using Isthmus.Exchange.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace Isthmus.Outbound.Deliveries;

/// <summary>Drops payloads that a contract keeps beyond the end of their delivery, once their time is over. Events and decisions stay.</summary>
internal sealed class Retention(NpgsqlDataSource source)
{
    private const string Sql =
        """
        UPDATE exchange.delivery d SET payload = NULL, seal_key = NULL, seal_nonce = NULL
        WHERE d.id IN (
            SELECT k.id FROM exchange.delivery k
            LEFT JOIN unnest($1, $2, $3) AS t(contract, destination, keep) ON t.contract = split_part(k.contract, '@', 1) AND t.destination = k.destination
            WHERE k.payload IS NOT NULL AND k.state IN ('d', 'x') AND k.settled < clock_timestamp() - coalesce(t.keep, interval '0')
            ORDER BY k.settled LIMIT 500)
        """;

    /// <summary>A payload whose contract is gone has outlived its ground, and goes.</summary>
    public async Task ApplyAsync(SiteModel site, CancellationToken cancellation)
    {
        var kept = site.Contracts.SelectMany(contract => contract.Destinations.Select(terms => (contract.Name, terms))).ToArray();
        await using var command = source.CreateCommand(Sql);
        command.Parameters.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Text, kept.Select(term => term.Name).ToArray());
        command.Parameters.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Text, kept.Select(term => term.terms.Name).ToArray());
        command.Parameters.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Interval, kept.Select(term => term.terms.PayloadRetention).ToArray());
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
