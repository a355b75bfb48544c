namespace Isthmus.Outbound.Resilience;

/// <summary>The patience a partner has asked for: until it is over, nothing at all is sent there.</summary>
internal sealed class Throttle(TimeProvider time)
{
    private readonly Lock gate = new();
    private long askedAt;
    private TimeSpan asked;

    /// <summary>How long still; not positive once it is over.</summary>
    public TimeSpan Remaining
    {
        get
        {
            lock (gate)
            {
                return asked == TimeSpan.Zero ? TimeSpan.Zero : asked - time.GetElapsedTime(askedAt);
            }
        }
    }

    public void Heed(TimeSpan retryAfter)
    {
        lock (gate)
        {
            askedAt = time.GetTimestamp();
            asked = retryAfter;
        }
    }
}
