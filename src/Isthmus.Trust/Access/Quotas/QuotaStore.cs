using Isthmus.Exchange.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace Isthmus.Trust.Access.Quotas;

/// <param name="Limit">The limit in force for this node now.</param>
/// <param name="Wanted">Tokens asked for.</param>
public readonly record struct QuotaAsk(QuotaKey Key, QuotaLimit Limit, int Wanted);

/// <param name="Granted">Tokens given; from 0 to what was wanted.</param>
/// <param name="Left">Tokens left in the shared bucket, with fractions.</param>
public readonly record struct QuotaGrant(int Granted, double Left);

/// <summary>Where all nodes' tokens come from; one answer per ask, in order.</summary>
public delegate Task<IReadOnlyList<QuotaGrant>> LeaseTokens(IReadOnlyList<QuotaAsk> asks);

/// <summary>The shared buckets: one row each, refilled by the database's clock, so that all nodes together hold the limit.</summary>
public sealed class QuotaStore(NpgsqlDataSource source)
{
    private const string LeaseSql = "SELECT granted, remaining FROM access.lease_tokens($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ORDER BY ordinal";

    /// <exception cref="NpgsqlException">The store could not be asked; nothing was taken, or it is lost.</exception>
    public async Task<IReadOnlyList<QuotaGrant>> LeaseAsync(IReadOnlyList<QuotaAsk> asks)
    {
        await using var command = source.CreateCommand(LeaseSql);
        Add(command, NpgsqlDbType.Smallint, asks, a => a.Key.Tenant);
        Add(command, NpgsqlDbType.Text, asks, a => a.Key.Environment);
        Add(command, NpgsqlDbType.Text, asks, a => a.Key.Client);
        Add(command, NpgsqlDbType.Text, asks, a => a.Key.Route);
        Add(command, NpgsqlDbType.Text, asks, a => a.Key.Resource);
        Add(command, NpgsqlDbType.Text, asks, a => Word(a.Key.Traffic));
        Add(command, NpgsqlDbType.Double, asks, a => a.Limit.PerSecond);
        Add(command, NpgsqlDbType.Integer, asks, a => a.Limit.Burst);
        Add(command, NpgsqlDbType.Integer, asks, a => a.Wanted);
        Add(command, NpgsqlDbType.Double, asks, a => a.Limit.Share);
        var grants = new List<QuotaGrant>(asks.Count);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            grants.Add(new QuotaGrant(reader.GetInt32(0), reader.GetDouble(1)));
        }

        return grants;
    }

    private static string Word(TrafficClass traffic) => traffic == TrafficClass.Batch ? "batch" : "interactive";

    private static void Add<T>(NpgsqlCommand command, NpgsqlDbType type, IReadOnlyList<QuotaAsk> asks, Func<QuotaAsk, T> value) =>
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | type, Value = asks.Select(value).ToArray() });
}
