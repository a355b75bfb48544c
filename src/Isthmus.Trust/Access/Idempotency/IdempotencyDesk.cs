using System.Collections.Concurrent;
using System.Security.Cryptography;
using Isthmus.Store;
using Npgsql;

namespace Isthmus.Trust.Access.Idempotency;

/// <summary>
/// One effect per key: the first request under a key is worked on, its repeats get its answer, and a twin that comes while it is being
/// worked on waits for that. Starts and answers are made durable in groups.
/// </summary>
public sealed class IdempotencyDesk : IAsyncDisposable
{
    private const int MostPerCommit = 256;
    private const int MostWaiting = 10_000;

    /// <summary>How soon a twin on another node notices the answer.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);

    private readonly IdempotencyStore store;
    private readonly AnswerCipher cipher;
    private readonly TimeProvider time;
    private readonly GroupCommit<StartAsk, StartRow> starts;
    private readonly GroupCommit<EndAsk, bool> ends;
    private readonly ConcurrentDictionary<string, TaskCompletionSource> here = new(StringComparer.Ordinal);

    public IdempotencyDesk(NpgsqlDataSource source, AnswerCipher cipher, TimeProvider time)
    {
        store = new IdempotencyStore(source);
        this.cipher = cipher;
        this.time = time;
        starts = new GroupCommit<StartAsk, StartRow>(StartAsync, MostPerCommit, MostWaiting, time);
        ends = new GroupCommit<EndAsk, bool>(EndAsync, MostPerCommit, MostWaiting, time);
    }

    /// <summary>Durably begins the request, or says what became of its first.</summary>
    /// <param name="window">How long its answer is to be remembered.</param>
    /// <param name="patience">How long a twin waits for the first one's answer.</param>
    /// <exception cref="NpgsqlException">The store could not be asked; nothing may be done.</exception>
    public async Task<IdempotencyStart> BeginAsync(IdempotentRequest request, TimeSpan window, TimeSpan patience, CancellationToken cancellation)
    {
        var name = Name(request);
        var since = time.GetTimestamp();
        while (true)
        {
            var row = await starts.AddAsync(new StartAsk(request, window), cancellation);
            switch (row.Verdict)
            {
                case IdempotencyVerdict.New:
                    here[name] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    return new IdempotencyStart(row.Verdict, row.Attempt, null);
                case IdempotencyVerdict.InFlight when time.GetElapsedTime(since) < patience:
                    await WaitAsync(name, cancellation);
                    continue;
                case IdempotencyVerdict.Repeat:
                    return Open(request, row);
                default:
                    return new IdempotencyStart(row.Verdict, row.Attempt, null);
            }
        }
    }

    /// <summary>Keeps the answer for every repeat. Call before its first byte leaves.</summary>
    public async Task CompleteAsync(IdempotentRequest request, int attempt, StoredAnswer answer)
    {
        try
        {
            await ends.AddAsync(new EndAsk(request, attempt, answer.Status, cipher.Seal(request, answer)), CancellationToken.None);
        }
        finally
        {
            Wake(request);
        }
    }

    /// <summary>Forgets the request: it had no effect, and the same may succeed later.</summary>
    public async Task ReleaseAsync(IdempotentRequest request, int attempt)
    {
        try
        {
            await ends.AddAsync(new EndAsk(request, attempt, 0, null), CancellationToken.None);
        }
        finally
        {
            Wake(request);
        }
    }

    /// <summary>Forgets what is past its window; to be called now and then.</summary>
    public async Task ForgetExpiredAsync(CancellationToken cancellation)
    {
        while (await store.ForgetAsync(cancellation) > 0)
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        await starts.DisposeAsync();
        await ends.DisposeAsync();
    }

    /// <summary>An answer that does not open any more (its secret was replaced) is as one that is still on its way: nothing is done twice.</summary>
    private IdempotencyStart Open(IdempotentRequest request, StartRow row)
    {
        try
        {
            return new IdempotencyStart(row.Verdict, row.Attempt, cipher.Open(request, row.Sealed));
        }
        catch (CryptographicException)
        {
            return new IdempotencyStart(IdempotencyVerdict.InFlight, row.Attempt, null);
        }
    }

    private async Task WaitAsync(string name, CancellationToken cancellation)
    {
        var pause = Task.Delay(LookAgain, time, cancellation);
        await (here.TryGetValue(name, out var first) ? Task.WhenAny(first.Task, pause) : Task.WhenAny(pause));
        cancellation.ThrowIfCancellationRequested();
    }

    private void Wake(IdempotentRequest request)
    {
        if (here.TryRemove(Name(request), out var waiting))
        {
            waiting.TrySetResult();
        }
    }

    /// <summary>Twins may come in one group: each is a row of its own, and the first of them begins.</summary>
    private async Task<IReadOnlyList<StartRow>> StartAsync(IReadOnlyList<StartAsk> asks) => await store.StartAsync(asks);

    private async Task<IReadOnlyList<bool>> EndAsync(IReadOnlyList<EndAsk> asks)
    {
        await store.EndAsync(asks);
        return [.. asks.Select(_ => true)];
    }

    private static string Name(IdempotentRequest request) => $"{request.Tenant}|{Convert.ToHexString(request.Key)}|{request.Client}";
}
