using Npgsql;

namespace Isthmus.Outbound.Deliveries;

/// <summary>
/// Attempts whose repeat is not safe, each on disk from before its first byte leaves until it is settled. One that is found there
/// again was cut off by a crash, or by another node: whether it took effect nobody here knows.
/// </summary>
internal sealed class BegunAttempts(NpgsqlDataSource source)
{
    /// <returns>False when an earlier attempt at the delivery was begun and not settled.</returns>
    public async Task<bool> TryBeginAsync(long delivery, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("INSERT INTO outbound.begun (delivery_id) VALUES ($1) ON CONFLICT DO NOTHING");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = delivery });
        return await command.ExecuteNonQueryAsync(cancellation) == 1;
    }
}
