using System.Threading.Channels;
using Isthmus.Store.Connections;
using Isthmus.Store.Leases;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Isthmus.Outbound.Deliveries;

/// <summary>
/// Settles what the lanes have done, many deliveries per transaction: fence, rows, ledger. A settlement is lost only with the lease,
/// and then whoever holds the lease does the delivery again.
/// </summary>
internal sealed partial class SettlementWriter(NpgsqlDataSource source, PartitionLeases leases, OutboundMeter meter, TimeProvider time, ILogger logger)
{
    /// <summary>Bounds one transaction.</summary>
    private const int MostPerCommit = 512;

    /// <summary>Bounds what waits; lanes wait for room.</summary>
    private const int MostWaiting = 4096;

    /// <summary>How long a first settlement waits for company: commits cost more than this delay does.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(200);

    private readonly Channel<Settlement> queue =
        Channel.CreateBounded<Settlement>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });

    public ValueTask PostAsync(Settlement settlement) => queue.Writer.WriteAsync(settlement);

    /// <summary>No more will come: <see cref="RunAsync"/> settles what waits and ends.</summary>
    public void Complete() => queue.Writer.TryComplete();

    /// <param name="abandoning">Gives up on a database that does not answer.</param>
    public async Task RunAsync(CancellationToken abandoning)
    {
        var group = new List<Settlement>(MostPerCommit);
        while (await queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            if (!queue.Reader.Completion.IsCompleted && queue.Reader.Count < MostPerCommit)
            {
                await Task.Delay(Gathering, time, CancellationToken.None);
            }

            while (group.Count < MostPerCommit && queue.Reader.TryRead(out var settlement))
            {
                group.Add(settlement);
            }

            await SettleAsync(group, abandoning);
            group.Clear();
        }
    }

    private async Task SettleAsync(List<Settlement> group, CancellationToken abandoning)
    {
        var settledBefore = false;
        while (group.Count > 0)
        {
            try
            {
                if (settledBefore)
                {
                    await LeaveOutSettledAsync(group);
                    settledBefore = false;
                    continue;
                }

                await CommitAsync(group);
                Report(group, durable: true);
                return;
            }
            catch (PostgresException lost) when (lost.SqlState == PartitionLeases.LostSqlState)
            {
                leases.Invalidate();
                await SettleByLeaseAsync(group);
                return;
            }
            catch (PostgresException twice) when (twice.SqlState == SettlementSql.SettledBeforeSqlState)
            {
                settledBefore = true;
            }
            catch (Exception failure) when (StoreFailure.Is(failure))
            {
                LogNotSettled(logger, StoreFailure.StateOf(failure));
                if (abandoning.IsCancellationRequested)
                {
                    Report(group, durable: false);
                    return;
                }

                await Task.Delay(PauseAfterFailure, time, CancellationToken.None);
            }
        }
    }

    /// <summary>The answer to a commit was lost, though not the commit: what it settled is done, and its persons are free.</summary>
    private async Task LeaveOutSettledAsync(List<Settlement> group)
    {
        var open = new HashSet<long>();
        await using (var command = source.CreateCommand("SELECT id FROM exchange.delivery WHERE id = ANY ($1) AND state = 'p'"))
        {
            command.Parameters.AddWithValue(group.Select(one => one.Delivery.Id).ToArray());
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                open.Add(reader.GetInt64(0));
            }
        }

        Report([.. group.Where(one => !open.Contains(one.Delivery.Id))], durable: false);
        group.RemoveAll(one => !open.Contains(one.Delivery.Id));
    }

    /// <summary>Some lease of the group is lost: the others' settlements still hold.</summary>
    private async Task SettleByLeaseAsync(List<Settlement> group)
    {
        foreach (var underOneLease in group.GroupBy(one => one.Delivery.Lease).Select(lease => lease.ToList()))
        {
            try
            {
                await CommitAsync(underOneLease);
                Report(underOneLease, durable: true);
            }
            catch (Exception failure) when (StoreFailure.Is(failure))
            {
                LogNotSettled(logger, StoreFailure.StateOf(failure));
                Report(underOneLease, durable: false);
            }
        }
    }

    private async Task CommitAsync(List<Settlement> group)
    {
        await using var connection = await source.OpenConnectionAsync(CancellationToken.None);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(leases.Fence([.. group.Select(one => one.Delivery.Lease).Distinct()]));
        SettlementSql.AddTo(batch, group);
        await batch.ExecuteNonQueryAsync(CancellationToken.None);
    }

    private void Report(List<Settlement> group, bool durable)
    {
        foreach (var settlement in group)
        {
            if (durable && settlement.IsFinal)
            {
                meter.Settled(settlement.Destination, settlement.State.Name());
            }

            settlement.Done(settlement, durable);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Deliveries were not settled ({SqlState})")]
    private static partial void LogNotSettled(ILogger logger, string sqlState);
}
