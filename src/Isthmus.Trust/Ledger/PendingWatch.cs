using Microsoft.Extensions.Logging;
using Npgsql;

namespace Isthmus.Trust.Ledger;

/// <summary>
/// Sees that nothing stays unchained. Independent of leases and of the sequencer's own loop, so that a node that hangs
/// is noticed by the others.
/// </summary>
internal sealed class PendingWatch(NpgsqlDataSource source, ILogger logger)
{
    /// <summary>Unchained for longer raises the alarm: five times what the sequencer may take.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private const string OldestPending =
        "SELECT coalesce((SELECT extract(epoch FROM clock_timestamp() - at) FROM ledger.pending ORDER BY id LIMIT 1), 0)::double precision";

    /// <returns>How long the oldest event has waited for its place, by the database's clock.</returns>
    public async Task<TimeSpan> LookAsync(CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(OldestPending);
        var age = TimeSpan.FromSeconds((double)(await command.ExecuteScalarAsync(cancellation))!);
        LedgerMeters.OldestPending = age;
        if (age > Longest)
        {
            logger.LogError(
                "ledger.unsequenced: the oldest event has waited {Seconds:F0} s for its place in the chain. Is a process with the role ledger running?",
                age.TotalSeconds);
        }

        return age;
    }
}
