using System.Collections.Concurrent;
using Isthmus.Store;

namespace Isthmus.Trust.Access.Quotas;

/// <summary>What becomes of requests while quotas cannot be counted. Either way an alarm is raised.</summary>
public enum WhenUncounted
{
    /// <summary>Refused with 503, to be tried again.</summary>
    Refuse,

    /// <summary>Counted by this node alone, at half the limit; for what must not be turned away, such as the writing of records.</summary>
    CountHere,
}

/// <summary>
/// This node's part of the quotas. Tokens are leased from the shared buckets: as many as requests wait, which are spent at once, and
/// for large buckets a little ahead. One question per bucket is under way at a time, so fifty parallel requests cost one or two
/// round trips, and none is allowed that the bucket did not hold.
/// </summary>
public sealed class QuotaBook : IAsyncDisposable
{
    /// <summary>Taken ahead at most, as a share of the bucket: with two nodes the limit is still held to one per cent.</summary>
    private const double Ahead = 1 / 200.0;

    /// <summary>Of the limit, while a node counts alone; it cannot know how many others do.</summary>
    private const double ShareAlone = 0.5;

    private const int MostAsksAtOnce = 256;
    private const int MostBuckets = 100_000;

    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<QuotaKey, Bucket> buckets = new();
    private readonly GroupCommit<Bucket, QuotaGrant> asks;
    private readonly LeaseTokens lease;
    private readonly QuotaAlarm alarm;
    private readonly TimeProvider time;
    private long sweptAt;

    public QuotaBook(LeaseTokens lease, QuotaAlarm alarm, TimeProvider time)
    {
        this.lease = lease;
        this.alarm = alarm;
        this.time = time;
        sweptAt = time.GetTimestamp();
        asks = new GroupCommit<Bucket, QuotaGrant>(AskAsync, MostAsksAtOnce, MostBuckets, time);
    }

    /// <summary>Takes one token. Answers at once unless the node must ask the shared bucket.</summary>
    /// <param name="limit">The limit in force for the request; it may change from one to the next.</param>
    public async ValueTask<QuotaVerdict> TakeAsync(QuotaKey key, QuotaLimit limit, WhenUncounted otherwise, CancellationToken cancellation)
    {
        Sweep();
        var bucket = buckets.GetOrAdd(key, static k => new Bucket(k));
        while (true)
        {
            if (bucket.TryTake(limit, time, out var verdict))
            {
                return verdict;
            }

            try
            {
                await bucket.RefillAsync(Refill).WaitAsync(cancellation);
            }
            catch (Exception failure) when (failure is System.Data.Common.DbException or TimeoutException or IOException)
            {
                alarm.Uncounted(key.Route);
                return otherwise == WhenUncounted.Refuse
                    ? new QuotaVerdict(limit, 0, TimeSpan.FromSeconds(1), QuotaRules.Unavailable)
                    : bucket.TakeAlone(limit.Tightened(ShareAlone), time);
            }
            finally
            {
                bucket.Leave();
            }
        }
    }

    public ValueTask DisposeAsync() => asks.DisposeAsync();

    private async Task Refill(Bucket bucket) => bucket.Add(await asks.AddAsync(bucket, CancellationToken.None), time);

    private async Task<IReadOnlyList<QuotaGrant>> AskAsync(IReadOnlyList<Bucket> group) =>
        await lease([.. group.Select(b => b.Ask(Ahead))]);

    /// <summary>Forgets buckets that nobody draws on; what they held of leased tokens is less than their share ahead.</summary>
    private void Sweep()
    {
        var last = Interlocked.Read(ref sweptAt);
        if (time.GetElapsedTime(last) < Forgotten || Interlocked.CompareExchange(ref sweptAt, time.GetTimestamp(), last) != last)
        {
            return;
        }

        foreach (var (key, bucket) in buckets)
        {
            if (bucket.IsIdle(Forgotten, time))
            {
                buckets.TryRemove(key, out _);
            }
        }
    }
}
