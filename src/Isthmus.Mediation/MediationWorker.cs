using Isthmus.Mediation.Inbox;
using Isthmus.Mediation.Read;
using Isthmus.Store.Connections;
using Isthmus.Store.Leases;
using Isthmus.Store.WakeUps;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Isthmus.Mediation;

/// <summary>Works the partitions of one lane, batch after batch.</summary>
internal sealed partial class MediationWorker(
    int lane, int lanes, PartitionLeases leases, WakeReceiver wakeUps, InboxQueue inbox, MessagePath path, ReaderPool readers, ILogger logger)
{
    /// <summary>A ring comes sooner; this is the guarantee.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(500);

    /// <summary>Messages whose attempt is not held against them, to be uncounted when the store is back.</summary>
    private IReadOnlyList<Leased> innocent = [];

    public async Task RunAsync(CancellationToken draining)
    {
        while (!draining.IsCancellationRequested)
        {
            try
            {
                var ring = wakeUps.NextRing;
                if (!await WorkOnceAsync(draining))
                {
                    await wakeUps.WaitAsync(ring, PollInterval, draining);
                }
            }
            catch (OperationCanceledException) when (draining.IsCancellationRequested)
            {
                return;
            }
            catch (PostgresException e) when (e.SqlState == PartitionLeases.LostSqlState)
            {
                // Another node has the work now.
                leases.Invalidate();
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // The attempt is counted: what fails again comes alone, and after three attempts is quarantined.
                LogFailed(logger, lane, e.GetType().Name, (e as PostgresException)?.SqlState ?? "-", (e as PostgresException)?.ConstraintName ?? "-");
                await Task.Delay(PauseAfterFailure, CancellationToken.None);
            }
        }
    }

    private async Task<bool> WorkOnceAsync(CancellationToken draining)
    {
        var held = await leases.HoldAsync(draining);
        LeasedPartition[] mine = [.. held.Where(l => l.Partition % lanes == lane)];
        if (mine.Length == 0)
        {
            return false;
        }

        if (innocent.Count > 0)
        {
            await inbox.UncountAsync(innocent, draining);
            innocent = [];
        }

        readers.Reset();
        var batch = await inbox.TakeAsync(mine, draining);
        if (batch.Count == 0)
        {
            return false;
        }

        // Once begun a batch is finished, so that draining leaves nothing half-worked.
        try
        {
            await path.CarryAsync(batch, [.. mine.Where(l => batch.Any(m => m.Partition == l.Partition))], CancellationToken.None);
            return true;
        }
        catch (Exception e) when (IsOfTheStore(e))
        {
            innocent = batch;
            throw;
        }
    }

    /// <summary>The store was away, out of room or in a knot: no message is to blame for that.</summary>
    private static bool IsOfTheStore(Exception e) => e is PostgresException { SqlState: var state }
        ? state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("40", StringComparison.Ordinal)
            || state.StartsWith("53", StringComparison.Ordinal) || state.StartsWith("57", StringComparison.Ordinal)
        : StoreFailure.Is(e);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Lane {Lane}: a batch failed ({Error}, {SqlState} {Constraint}); it is worked again")]
    private static partial void LogFailed(ILogger logger, int lane, string error, string sqlState, string constraint);
}
