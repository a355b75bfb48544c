namespace Isthmus.Testing;

/// <summary>A clock that stands until it is moved; its timers ring while it moves, each at most once per move.</summary>
public sealed class ManualTime : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<Bell> bells = [];
    private long ticks = new DateTimeOffset(2026, 11, 20, 8, 0, 0, TimeSpan.Zero).Ticks;

    /// <summary>Timers keep the machine's time, for what waits a few milliseconds beside what is tested.</summary>
    public bool WaitsReally { get; init; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

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

    public override DateTimeOffset GetUtcNow() => new(GetTimestamp(), TimeSpan.Zero);

    public override long GetTimestamp() => Interlocked.Read(ref ticks);

    public void Advance(TimeSpan by)
    {
        Bell[] due;
        lock (gate)
        {
            var now = Interlocked.Add(ref ticks, by.Ticks);
            due = [.. bells.Where(bell => bell.Due <= now)];
            foreach (var bell in due)
            {
                bell.SetNext(now);
            }
        }

        foreach (var bell in due)
        {
            bell.Ring();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (WaitsReally)
        {
            return base.CreateTimer(callback, state, dueTime, period);
        }

        var bell = new Bell(this, callback, state);
        bell.Change(dueTime, period);
        return bell;
    }

    private sealed class Bell(ManualTime clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan period;

        public long Due { get; private set; }

        public void Ring() => callback(state);

        /// <summary>Of a bell that is due; the clock's gate is held.</summary>
        public void SetNext(long now)
        {
            if (period > TimeSpan.Zero)
            {
                Due += period.Ticks * (1 + ((now - Due) / period.Ticks));
            }
            else
            {
                clock.bells.Remove(this);
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                clock.bells.Remove(this);
                this.period = period;
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = clock.GetTimestamp() + dueTime.Ticks;
                    clock.bells.Add(this);
                }
            }

            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
