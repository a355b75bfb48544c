namespace Isthmus.Simulators.Lab;

/// <summary>
/// Counts durations in buckets that are three per cent wide, from a microsecond to an hour, so that percentiles over
/// millions cost a few kilobytes.
/// </summary>
public sealed class RoundTrips
{
    private const double Width = 1.03;
    private static readonly double LogWidth = Math.Log(Width);

    private readonly Lock gate = new();
    private readonly long[] buckets = new long[800];
    private long count;
    private TimeSpan slowest;

    public void Add(TimeSpan duration)
    {
        var bucket = (int)(Math.Log(Math.Max(duration.TotalMicroseconds, 1)) / LogWidth);
        lock (gate)
        {
            buckets[Math.Min(bucket, buckets.Length - 1)]++;
            count++;
            slowest = duration > slowest ? duration : slowest;
        }
    }

    public TimeSpan Slowest
    {
        get
        {
            lock (gate)
            {
                return slowest;
            }
        }
    }

    /// <summary>The upper edge of the bucket in which that share, from 0 to 1, of all durations is reached.</summary>
    public TimeSpan Percentile(double share)
    {
        lock (gate)
        {
            var wanted = (long)Math.Ceiling(count * share);
            for (var bucket = 0; bucket < buckets.Length && wanted > 0; bucket++)
            {
                wanted -= buckets[bucket];
                if (wanted <= 0)
                {
                    var edge = TimeSpan.FromMicroseconds(Math.Pow(Width, bucket + 1));
                    return edge < slowest ? edge : slowest;
                }
            }

            return TimeSpan.Zero;
        }
    }
}
