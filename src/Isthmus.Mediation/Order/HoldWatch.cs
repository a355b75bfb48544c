using System.Text.Json;
using Isthmus.Exchange;
using Isthmus.Mediation.Commit;
using Isthmus.Store.Connections;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Isthmus.Mediation.Order;

/// <summary>
/// Ends holds: what waited for an earlier message goes on when that one has come to its end, and a message that has stood longer
/// than its contract allows is reported to people and holds nobody any more. Any node may do it; rows decide who did.
/// </summary>
internal sealed partial class HoldWatch(NpgsqlDataSource source, TimeProvider time, ILogger logger)
{
    /// <summary>Holds are minutes to hours; a released message should not feel the watch.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private const int Most = 500;

    /// <summary>Watches until cancelled.</summary>
    public async Task RunAsync(CancellationToken draining)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(draining))
            {
                await TryPassAsync(draining);
            }
        }
        catch (OperationCanceledException) when (draining.IsCancellationRequested)
        {
            // What is due is found by the next node, or the next start.
        }
    }

    /// <summary>Reports what is overdue, then puts back what waits for nobody.</summary>
    public async Task PassAsync(CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var overdue = await TakeOverdueAsync(connection, cancellation);
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var group in overdue.GroupBy(o => o.Tenant))
        {
            SignalTable.Add(batch, group.Key, [.. group.Select(o => o.Signal)]);
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT mediation.release_held()"));
        await batch.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private static async Task<List<(short Tenant, Signal Signal)>> TakeOverdueAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        // What stands only behind another is not itself overdue: it goes on when that one does.
        await using var command = new NpgsqlCommand(
            $"""
            DELETE FROM mediation.stopped WHERE message_id IN (
                SELECT message_id FROM mediation.stopped WHERE until <= now() AND NOT behind ORDER BY until LIMIT {Most})
            RETURNING tenant, message_id, person
            """, connection);
        var overdue = new List<(short, Signal)>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var message = reader.GetInt64(1);
            PersonId? person = await reader.IsDBNullAsync(2, cancellation) ? null : new PersonId(reader.GetGuid(2));
            overdue.Add((reader.GetInt16(0), new Signal(
                SignalKinds.HoldExpired, $"hold/{message}", message, person, string.Empty, "Message stopped for too long",
                JsonSerializer.Serialize(new { rule = OrderRules.HoldExpired }))));
        }

        return overdue;
    }

    private async Task TryPassAsync(CancellationToken draining)
    {
        try
        {
            await PassAsync(draining);
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            LogFailed(logger, StoreFailure.StateOf(e));
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Holds could not be looked at ({SqlState}); trying again")]
    private static partial void LogFailed(ILogger logger, string sqlState);
}
