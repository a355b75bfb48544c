using System.Collections.Frozen;
using Npgsql;

namespace Isthmus.Inbound.Receiving;

/// <summary>
/// How well the destinations do, by the circuit breakers that Outbound notes. Measured every second. A destination that is away takes
/// half of the quota of those who send for it, one that is tried again a quarter: what they send is kept, but it piles up.
/// </summary>
internal sealed class DownstreamGauge(NpgsqlDataSource source)
{
    private const double LostWhileAway = 0.5;
    private const double LostWhileTried = 0.25;

    private volatile FrozenDictionary<string, double> lost = FrozenDictionary<string, double>.Empty;

    /// <summary>From ½ to 1: of the destinations' mean.</summary>
    public double ShareOf(IEnumerable<string> destinations) =>
        1 - destinations.Select(name => lost.GetValueOrDefault(name)).DefaultIfEmpty(0).Average();

    public async Task MeasureAsync(CancellationToken cancellation)
    {
        var found = new Dictionary<string, double>(StringComparer.Ordinal);
        await using var command = source.CreateCommand("SELECT destination, state FROM exchange.troubled_destinations()");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            found[reader.GetString(0)] = reader.GetString(1) == "open" ? LostWhileAway : LostWhileTried;
        }

        lost = found.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
