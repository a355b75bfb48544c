namespace Isthmus.Outbound.Tests;

/// <summary>A clock that stands until it is moved; its timers ring while it moves.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<Bell> bells = [];
    private DateTimeOffset now = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => now;

    public override long GetTimestamp() => now.Ticks;

    /// <summary>Whether a timer is set.</summary>
    public bool HasTimer
    {
        get
        {
            lock (gate)
            {
                return bells.Count > 0;
            }
        }
    }

    public void Advance(TimeSpan by)
    {
        now += by;
        Bell[] due;
        lock (gate)
        {
            due = [.. bells.Where(bell => bell.Due <= now)];
            bells.RemoveAll(bell => bell.Due <= now);
        }

        foreach (var bell in due)
        {
            bell.Ring();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var bell = new Bell(this, callback, state);
        bell.Change(dueTime, period);
        return bell;
    }

    /// <summary>Rings once; no code under test asks for a period.</summary>
    private sealed class Bell(ManualTime clock, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset Due { get; private set; }

        public void Ring() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                clock.bells.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = clock.now + dueTime;
                    clock.bells.Add(this);
                }
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock.gate)
            {
                clock.bells.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
