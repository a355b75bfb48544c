using Microsoft.Extensions.Logging;
using Npgsql;

namespace Isthmus.Trust.Access.State;

/// <summary>
/// Keeps a node's <see cref="AccessState"/>: asks for the epoch several times a second, and knows how long ago it last had an answer. A
/// node that has had none for <see cref="Trusted"/> must let nobody in, since somebody may have been shut out meanwhile.
/// </summary>
public sealed partial class AccessWatch : IAsyncDisposable
{
    /// <summary>A switch holds on every node within a second; so nobody acts on what is older.</summary>
    public static readonly TimeSpan Trusted = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);

    /// <summary>Of a server that hangs: longer than it is trusted for, short enough to notice soon that it is back.</summary>
    private const int PatienceSeconds = 2;

    private readonly NpgsqlDataSource source;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stopping = new();
    private volatile AccessState current = AccessState.Empty;
    private long confirmedAt;
    private Task watching = Task.CompletedTask;

    private AccessWatch(NpgsqlDataSource source, TimeProvider time, ILogger logger)
    {
        this.source = source;
        this.time = time;
        this.logger = logger;
    }

    /// <summary>The state as last read.</summary>
    public AccessState Current => current;

    /// <summary>Whether the state was the latest within the last second.</summary>
    public bool IsConfirmed => time.GetElapsedTime(Interlocked.Read(ref confirmedAt)) < Trusted;

    /// <summary>Returns once the state was read for the first time.</summary>
    /// <param name="source">Admission's login, or the authorization server's.</param>
    public static async Task<AccessWatch> StartAsync(NpgsqlDataSource source, TimeProvider time, ILogger logger, CancellationToken cancellation)
    {
        var watch = new AccessWatch(source, time, logger);
        await watch.ConfirmAsync(cancellation);
        watch.watching = Task.Run(watch.WatchAsync, CancellationToken.None);
        return watch;
    }

    /// <summary>Asks now; for whoever has just changed something and wants to see it here.</summary>
    public async Task ConfirmAsync(CancellationToken cancellation)
    {
        // The answer is as old as the question.
        var asked = time.GetTimestamp();
        var known = current;
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var question = new NpgsqlCommand(AccessLoad.ReadEpoch, connection) { CommandTimeout = PatienceSeconds };
        if ((long)(await question.ExecuteScalarAsync(cancellation))! != known.Epoch)
        {
            var next = await AccessLoad.NextAsync(connection, known, time.GetUtcNow(), cancellation);
            if (next.Epoch >= current.Epoch)
            {
                current = next;
            }
        }

        Interlocked.Exchange(ref confirmedAt, asked);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await watching;
        stopping.Dispose();
    }

    private async Task WatchAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(Period, time);
            while (await timer.WaitForNextTickAsync(stopping.Token))
            {
                try
                {
                    await ConfirmAsync(stopping.Token);
                }
                catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException)
                {
                    if (!IsConfirmed)
                    {
                        LogUnconfirmed(logger, e.GetType().Name);
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What decides at the door could not be confirmed for a second ({Error}); nobody is let in")]
    private static partial void LogUnconfirmed(ILogger logger, string error);
}
