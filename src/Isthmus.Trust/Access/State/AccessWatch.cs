using Isthmus.Store.Connections;
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

    private const string NotHeardOf = "The store has not been heard of for too long.";

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);

    /// <summary>Of a server that hangs: an answer that comes later confirms nothing.</summary>
    private const int PatienceSeconds = 1;

    private readonly NpgsqlDataSource source;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stopping = new();
    private readonly Lock gate = new();
    private readonly ITimer trust;
    private volatile AccessState current = AccessState.Empty;
    private volatile CancellationTokenSource lost = new();
    private long confirmedAt;
    private Task watching = Task.CompletedTask;

    private AccessWatch(NpgsqlDataSource source, TimeProvider time, ILogger logger)
    {
        this.source = source;
        this.time = time;
        this.logger = logger;
        trust = time.CreateTimer(_ => LoseWhereUnconfirmed(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
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
        var next = (long)(await question.ExecuteScalarAsync(cancellation))! == known.Epoch
            ? known
            : await AccessLoad.NextAsync(connection, known, time.GetUtcNow(), cancellation);
        Take(next, asked);
    }

    /// <summary>
    /// Waits for something of the store, but no longer than this node is trusted: over a network that has fallen silent it would wait for
    /// long, and go on by what was true before.
    /// </summary>
    /// <exception cref="TimeoutException">Nothing was heard of the store for a second. What was waited for may still come about.</exception>
    public async Task WhileConfirmedAsync(Task answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        if (answer.IsCompleted)
        {
            await answer;
            return;
        }

        // Taken before the question, so that a loss in between is not missed.
        var until = lost.Token;
        try
        {
            await (IsConfirmed ? answer.WaitAsync(until) : throw new TimeoutException(NotHeardOf));
        }
        catch (OperationCanceledException lostIt) when (until.IsCancellationRequested && !answer.IsCompleted)
        {
            throw new TimeoutException(NotHeardOf, lostIt);
        }
    }

    /// <inheritdoc cref="WhileConfirmedAsync(Task)"/>
    public async Task<T> WhileConfirmedAsync<T>(Task<T> answer)
    {
        await WhileConfirmedAsync((Task)answer);
        return await answer;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await watching;
        await trust.DisposeAsync();
        stopping.Dispose();
    }

    /// <summary>Of two answers the later question counts: one that hung may come after its successor.</summary>
    private void Take(AccessState next, long asked)
    {
        lock (gate)
        {
            if (next.Epoch >= current.Epoch)
            {
                current = next;
            }

            if (asked > confirmedAt)
            {
                Interlocked.Exchange(ref confirmedAt, asked);
            }

            trust.Change(Left, Timeout.InfiniteTimeSpan);
        }
    }

    private TimeSpan Left => Trusted - time.GetElapsedTime(confirmedAt) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    /// <summary>When the last answer is too old: all that waits is told.</summary>
    private void LoseWhereUnconfirmed()
    {
        var waiting = lost;
        lock (gate)
        {
            if (IsConfirmed)
            {
                trust.Change(Left, Timeout.InfiniteTimeSpan);
                return;
            }

            lost = new CancellationTokenSource();
        }

        waiting.Cancel();
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
                    // One that hangs is left to its own end, and asked again over another connection.
                    await ConfirmAsync(stopping.Token).WaitAsync(Trusted, time, stopping.Token);
                }
                catch (Exception e) when (StoreFailure.Is(e) || e is IOException or TimeoutException)
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
