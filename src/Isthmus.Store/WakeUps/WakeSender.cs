using Isthmus.Store.Connections;
using Npgsql;

namespace Isthmus.Store.WakeUps;

/// <summary>
/// Tells a zone that there may be work, at most once per <see cref="Debounce"/> however often it is rung. NOTIFY takes a
/// lock over the whole cluster at commit, so it never stands in an effect's transaction; a lost ring costs one polling
/// interval, nothing more.
/// </summary>
public sealed class WakeSender : IAsyncDisposable
{
    private static readonly TimeSpan Debounce = TimeSpan.FromMilliseconds(20);

    private readonly NpgsqlDataSource source;
    private readonly string channel;
    private readonly TimeProvider time;
    private readonly SemaphoreSlim rung = new(0, 1);
    private readonly CancellationTokenSource stopping = new();
    private readonly Task sending;

    public WakeSender(NpgsqlDataSource source, string zone, TimeProvider time)
    {
        this.source = source;
        this.time = time;
        channel = WakeReceiver.ChannelOf(zone);
        sending = Task.Run(SendAsync);
    }

    /// <summary>Never waits and never fails.</summary>
    public void Ring()
    {
        if (rung.CurrentCount == 0)
        {
            try
            {
                rung.Release();
            }
            catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
            {
                // Somebody else rang in this moment, or the zone is closing.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await sending;
        rung.Dispose();
        stopping.Dispose();
    }

    private async Task SendAsync()
    {
        try
        {
            while (true)
            {
                await rung.WaitAsync(stopping.Token);
                try
                {
                    await using var command = source.CreateCommand($"NOTIFY {channel}");
                    await command.ExecuteNonQueryAsync(stopping.Token);
                }
                catch (Exception e) when (StoreFailure.Is(e))
                {
                    // Polling finds the work.
                }

                await Task.Delay(Debounce, time, stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }
}
