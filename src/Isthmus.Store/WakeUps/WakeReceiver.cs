using Isthmus.Store.Connections;
using Npgsql;

namespace Isthmus.Store.WakeUps;

/// <summary>Waits for a ring of <see cref="WakeSender"/>, or for the polling interval, whichever comes first.</summary>
public sealed class WakeReceiver : IAsyncDisposable
{
    private static readonly TimeSpan ReconnectAfter = TimeSpan.FromSeconds(1);

    private readonly NpgsqlDataSource source;
    private readonly string channel;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task listening;
    private volatile TaskCompletionSource ring = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public WakeReceiver(NpgsqlDataSource source, string zone, TimeProvider time)
    {
        this.source = source;
        this.time = time;
        channel = ChannelOf(zone);
        listening = Task.Run(ListenAsync);
    }

    /// <summary>Take before looking for work, so that a ring that comes in between is not missed.</summary>
    public Task NextRing => ring.Task;

    /// <summary>Returns when rung since <paramref name="since"/> was taken, or after the interval.</summary>
    public async Task WaitAsync(Task since, TimeSpan interval, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAny(since, Task.Delay(interval, time, stop.Token));
        await stop.CancelAsync();
        cancellation.ThrowIfCancellationRequested();
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await listening;
        stopping.Dispose();
    }

    internal static string ChannelOf(string zone) => $"isthmus_{zone}";

    private async Task ListenAsync()
    {
        try
        {
            while (true)
            {
                try
                {
                    await ListenOnceAsync();
                }
                catch (Exception e) when (StoreFailure.Is(e) || e is IOException)
                {
                    await Task.Delay(ReconnectAfter, time, stopping.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private async Task ListenOnceAsync()
    {
        await using var connection = await source.OpenConnectionAsync(stopping.Token);
        connection.Notification += (_, _) => Ring();
        await using (var listen = new NpgsqlCommand($"LISTEN {channel}", connection))
        {
            await listen.ExecuteNonQueryAsync(stopping.Token);
        }

        // Work may have come while nobody listened.
        Ring();
        while (true)
        {
            await connection.WaitAsync(stopping.Token);
        }
    }

    private void Ring()
    {
        var rung = ring;
        ring = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rung.TrySetResult();
    }
}
