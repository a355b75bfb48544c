namespace Isthmus.Simulators.Lab;

/// <summary>
/// Counts durations in buckets that are three per cent wide, from a microsecond to an hour, so that percentiles over
/// millions cost a few kilobytes.
/// </summary>
public sealed class RoundTrips
{
    private const double Width = 1.03;
    private static readonly double LogWidth = Math.Log(Width);

    private readonly Lock _gate = new();
    private readonly long[] _buckets = new long[800];
    private long _count;
    private TimeSpan _slowest;

    public void Add(TimeSpan duration)
    {
        var bucket = (int)(Math.Log(Math.Max(duration.TotalMicroseconds, 1)) / LogWidth);
        lock (_gate)
        {
            _buckets[Math.Min(bucket, _buckets.Length - 1)]++;
            _count++;
            _slowest = duration > _slowest ? duration : _slowest;
        }
    }

    public TimeSpan Slowest
    {
        get
        {
            lock (_gate)
            {
                return _slowest;
            }
        }
    }

    /// <summary>The upper edge of the bucket in which that share, from 0 to 1, of all durations is reached.</summary>
    public TimeSpan Percentile(double share)
    {
        lock (_gate)
        {
            var wanted = (long)Math.Ceiling(_count * share);
            for (var bucket = 0; bucket < _buckets.Length && wanted > 0; bucket++)
            {
                wanted -= _buckets[bucket];
                if (wanted <= 0)
                {
                    var edge = TimeSpan.FromMicroseconds(Math.Pow(Width, bucket + 1));
                    return edge < _slowest ? edge : _slowest;
                }
            }

            return TimeSpan.Zero;
        }
    }
}
