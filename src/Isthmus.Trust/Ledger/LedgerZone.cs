using Isthmus.Store.Connections;
using Isthmus.Store.Leases;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Isthmus.Trust.Ledger;

/// <summary>
/// Keeps the ledger chained: runs the sequencer for the tenants whose leases this node holds, and watches that nothing
/// stays unchained on any node.
/// </summary>
/// <param name="store">Must hold the login <see cref="ZoneRole.Ledger"/>.</param>
/// <param name="node">This process, unique among those that share the database.</param>
public sealed class LedgerZone(StoreAccess store, string node, TimeProvider time, ILoggerFactory loggers)
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan WaitAfterFailure = TimeSpan.FromSeconds(1);

    private readonly NpgsqlDataSource source = store.For(ZoneRole.Ledger);
    private readonly ILogger logger = loggers.CreateLogger<LedgerZone>();

    /// <summary>Runs until cancelled, then gives the leases back.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var leases = new PartitionLeases(source, "ledger", node, time);
        await Task.WhenAll(SequenceAsync(leases, cancellation), WatchAsync(cancellation));
        try
        {
            await leases.ReturnAsync(CancellationToken.None);
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            logger.LogInformation("The ledger's leases were not given back and will expire (SQLSTATE {SqlState}).", StoreFailure.StateOf(e));
        }
    }

    private async Task SequenceAsync(PartitionLeases leases, CancellationToken cancellation)
    {
        var sequencer = new Sequencer(source, leases);
        var wait = ShortestWait;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                var pass = await sequencer.PassAsync(cancellation);
                LedgerMeters.Chained(pass.Events);
                wait = pass.Events > 0 ? ShortestWait : Min(wait * 1.5, LongestWait);
                if (pass.More)
                {
                    continue;
                }
            }
            catch (PostgresException e) when (e.SqlState == PartitionLeases.LostSqlState)
            {
                leases.Invalidate();
                logger.LogInformation("Another node took over the ledger's leases.");
            }
            catch (Exception e) when (StoreFailure.Is(e))
            {
                logger.LogWarning("The ledger could not be chained (SQLSTATE {SqlState}); trying again.", StoreFailure.StateOf(e));
                wait = WaitAfterFailure;
            }
            catch (LedgerForkException e)
            {
                leases.Invalidate();
                logger.LogError("{Alarm}", e.Message);
                wait = WaitAfterFailure;
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }

            await PauseAsync(wait, cancellation);
        }
    }

    private async Task WatchAsync(CancellationToken cancellation)
    {
        var watch = new PendingWatch(source, logger);
        while (!cancellation.IsCancellationRequested)
        {
            await PauseAsync(PendingWatch.Longest, cancellation);
            try
            {
                await watch.LookAsync(cancellation);
            }
            catch (Exception e) when (StoreFailure.Is(e))
            {
                logger.LogWarning("The age of unchained events could not be read (SQLSTATE {SqlState}).", StoreFailure.StateOf(e));
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>Ends early and quietly when cancelled; the loops look at the token themselves.</summary>
    private async Task PauseAsync(TimeSpan wait, CancellationToken cancellation) =>
        await Task.Delay(wait, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
