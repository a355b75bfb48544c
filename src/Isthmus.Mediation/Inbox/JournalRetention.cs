using Isthmus.Exchange.Contracts;
using Isthmus.Store.Connections;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Isthmus.Mediation.Inbox;

/// <summary>Drops days of the journal once everything in them is settled and every contract's retention is over.</summary>
internal sealed partial class JournalRetention(NpgsqlDataSource source, Func<SiteModel> site, TimeProvider time, ILogger logger)
{
    /// <summary>Days are dropped; an hour more or less does not matter.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    /// <summary>Looks every hour until cancelled.</summary>
    public async Task RunAsync(CancellationToken draining)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(draining))
            {
                await TryDropAsync(draining);
            }
        }
        catch (OperationCanceledException) when (draining.IsCancellationRequested)
        {
            // Nothing is half-dropped.
        }
    }

    private async Task TryDropAsync(CancellationToken draining)
    {
        var contracts = site().Contracts;
        if (contracts.Count == 0)
        {
            return;
        }

        try
        {
            await using var drop = source.CreateCommand("SELECT exchange.drop_settled_journal($1)");
            drop.Parameters.AddWithValue(contracts.Max(c => c.Retention.Journal));
            await drop.ExecuteNonQueryAsync(draining);
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            LogFailed(logger, StoreFailure.StateOf(e));
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Days of the journal could not be dropped ({SqlState}); trying again in an hour")]
    private static partial void LogFailed(ILogger logger, string sqlState);
}
