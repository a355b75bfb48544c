namespace Isthmus.Trust.Access.Quotas;

/// <summary>One bucket as this node sees it: tokens it leased, and until when the shared one is known to be empty.</summary>
internal sealed class Bucket(QuotaKey key)
{
    private readonly Lock gate = new();
    private QuotaLimit limit;
    private int tokens;
    private double left;
    private int waiting;
    private int wanted;
    private long usedAt;
    private long? emptySince;
    private TimeSpan emptyFor;
    private Task? refilling;
    private double alone = double.NaN;
    private long aloneAt;

    /// <summary>False when the shared bucket must be asked first; the caller then waits until it says <see cref="Leave"/>.</summary>
    public bool TryTake(QuotaLimit inForce, TimeProvider time, out QuotaVerdict verdict)
    {
        lock (gate)
        {
            usedAt = time.GetTimestamp();
            if (limit != inForce)
            {
                // What was leased under another limit is not this one's.
                (limit, tokens, emptySince) = (inForce, 0, null);
            }

            if (tokens > 0)
            {
                tokens--;
                verdict = new QuotaVerdict(limit, (int)left + tokens, TimeSpan.Zero, null);
                return true;
            }

            if (emptySince is { } since && time.GetElapsedTime(since) is var passed && passed < emptyFor)
            {
                verdict = new QuotaVerdict(limit, 0, emptyFor - passed, QuotaRules.Exceeded);
                return true;
            }

            waiting++;
            verdict = default;
            return false;
        }
    }

    /// <summary>One refill is under way at a time; who comes meanwhile waits for it.</summary>
    public Task RefillAsync(Func<Bucket, Task> refill)
    {
        lock (gate)
        {
            return refilling ??= RunAsync(refill);
        }
    }

    /// <summary>What to ask for: a token for each request that waits, and some ahead where the bucket is large.</summary>
    public QuotaAsk Ask(double ahead)
    {
        lock (gate)
        {
            // Tokens on hand are for waiters that have not woken yet.
            wanted = Math.Max(1, waiting - tokens) + (int)(limit.Burst * ahead);
            return new QuotaAsk(key, limit, wanted);
        }
    }

    /// <summary>One that waited has woken.</summary>
    public void Leave()
    {
        lock (gate)
        {
            waiting--;
        }
    }

    public void Add(QuotaGrant grant, TimeProvider time)
    {
        lock (gate)
        {
            tokens += grant.Granted;
            left = grant.Left;
            emptySince = grant.Granted < wanted ? time.GetTimestamp() : null;
            emptyFor = TimeSpan.FromSeconds(Math.Max(0, 1 - grant.Left) / limit.PerSecond);
        }
    }

    /// <summary>The same bucket, kept by this node alone.</summary>
    public QuotaVerdict TakeAlone(QuotaLimit share, TimeProvider time)
    {
        lock (gate)
        {
            var now = time.GetTimestamp();
            var refilled = double.IsNaN(alone) ? share.Burst : alone + time.GetElapsedTime(aloneAt, now).TotalSeconds * share.PerSecond;
            (alone, aloneAt) = (Math.Min(share.Burst, refilled), now);
            if (alone < 1)
            {
                return new QuotaVerdict(share, 0, TimeSpan.FromSeconds((1 - alone) / share.PerSecond), QuotaRules.Exceeded);
            }

            alone--;
            return new QuotaVerdict(share, (int)alone, TimeSpan.Zero, null);
        }
    }

    public bool IsIdle(TimeSpan span, TimeProvider time)
    {
        lock (gate)
        {
            return refilling is null && time.GetElapsedTime(usedAt) > span;
        }
    }

    private async Task RunAsync(Func<Bucket, Task> refill)
    {
        // Let the caller leave the lock first.
        await Task.Yield();
        try
        {
            await refill(this);
        }
        finally
        {
            lock (gate)
            {
                refilling = null;
            }
        }
    }
}
