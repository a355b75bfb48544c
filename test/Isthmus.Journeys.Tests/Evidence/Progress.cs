using Isthmus.Journeys.Tests.Running;
using Isthmus.Testing;
using Npgsql;

namespace Isthmus.Journeys.Tests.Evidence;

/// <summary>How far the messages of a site have come, whether or not its store answers at this moment.</summary>
internal sealed class Progress(Site site)
{
    /// <summary>A killed node's leases must expire first, and the machine may be busy.</summary>
    private static readonly TimeSpan SettleLimit = TimeSpan.FromMinutes(2);

    private const string Committed = "SELECT count(*) FROM mediation.message";
    private const string Delivered = "SELECT count(*) FROM exchange.delivery WHERE state = 'd'";

    /// <summary>Every queue there is.</summary>
    private static readonly string[] Queues =
        ["exchange.inbox", "exchange.delivery WHERE state IN ('p', 'h')", "exchange.signal", "ledger.pending"];

    /// <summary>Returns as soon as so many more messages have been committed than now, or no more will come.</summary>
    public Task MoreCommittedAsync(Traffic traffic, int more) => MoreAsync("committed", Committed, traffic, more);

    /// <summary>Returns as soon as so many more deliveries have been settled than now, or no more will come.</summary>
    public Task MoreDeliveredAsync(Traffic traffic, int more) => MoreAsync("delivered", Delivered, traffic, more);

    /// <summary>Returns as soon as the sender has so many more acknowledgements than now.</summary>
    public static Task MoreAcknowledgedAsync(Traffic traffic, int more)
    {
        var wanted = Math.Min(traffic.Acknowledged.Count + more, traffic.Count);
        return Eventually.Within(SettleLimit, $"{wanted} messages are acknowledged", () => traffic.Acknowledged.Count >= wanted);
    }

    /// <summary>Returns when nothing waits anywhere: no message, no delivery, no signal, no event.</summary>
    public async Task SettledAsync()
    {
        foreach (var queue in Queues)
        {
            long? waiting = null;
            try
            {
                await Eventually.Within(SettleLimit, queue, async () => (waiting = await CountAsync($"SELECT count(*) FROM {queue}")) == 0);
            }
            catch (TimeoutException)
            {
                Assert.Fail($"{waiting} still wait in {queue}.\n{string.Join('\n', site.Processes.Select(process => process.Complaints))}");
            }
        }
    }

    /// <summary>Null when the store does not answer.</summary>
    public async Task<long?> CountAsync(string sql)
    {
        try
        {
            await using var connection = await site.OpenStoreAsync();
            await using var command = new NpgsqlCommand(sql, connection);
            return (long)(await command.ExecuteScalarAsync())!;
        }
        catch (Exception down) when (down is NpgsqlException or IOException or TimeoutException)
        {
            return null;
        }
    }

    private async Task MoreAsync(string what, string sql, Traffic traffic, int more)
    {
        long? start = null;
        await Eventually.Within(SettleLimit, $"{more} more are {what}", async () =>
        {
            var now = await CountAsync(sql);
            start ??= now;
            return now >= start + more || traffic.Running.IsCompleted;
        });
    }
}
