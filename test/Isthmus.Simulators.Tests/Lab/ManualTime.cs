namespace Isthmus.Simulators.Tests.Lab;

/// <summary>A clock that moves when told; periodic timers fire once per move that passes their period.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly List<(TimerCallback Callback, object? State)> periodic = [];
    private long ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (periodic)
        {
            periodic.Add((callback, state));
        }

        return new Idle();
    }

    public void Advance(TimeSpan by)
    {
        Interlocked.Add(ref ticks, by.Ticks);
        (TimerCallback Callback, object? State)[] timers;
        lock (periodic)
        {
            timers = [.. periodic];
        }

        foreach (var (callback, state) in timers)
        {
            callback(state);
        }
    }

    private sealed class Idle : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
