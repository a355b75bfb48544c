namespace Isthmus.Outbound.Resilience;

internal enum BreakerState
{
    /// <summary>Traffic flows.</summary>
    Closed,

    /// <summary>Nothing is sent until the pause is over.</summary>
    Open,

    /// <summary>One attempt is let through; its outcome decides.</summary>
    HalfOpen,
}

/// <summary>
/// Keeps the peace with a destination that fails: after some failures in a row nothing is sent for a while, then one probe decides.
/// Pauses grow while probes fail. What waits costs no attempts meanwhile.
/// </summary>
/// <remarks>
/// A failure that may be the content's own (500) counts only if it befell another key than the one before, so that a single message
/// the partner chokes on never closes the road to the others.
/// </remarks>
internal sealed class CircuitBreaker(TimeProvider time)
{
    /// <summary>Failures in a row that open the circuit: more than the chance failures of one busy moment.</summary>
    public const int FailuresToOpen = 5;

    public static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private BreakerState state;
    private int failures;
    private Guid lastFailedKey;
    private TimeSpan pause = FirstPause;
    private long openedAt;
    private bool probing;

    /// <summary>Raised once after every change of state, outside the lock.</summary>
    public event Action<BreakerState>? Changed;

    public BreakerState State
    {
        get
        {
            lock (gate)
            {
                return state;
            }
        }
    }

    /// <summary>How many attempts may start now: none, one probe, or as many as wanted; and how long to wait if none.</summary>
    public (int Allowed, TimeSpan Wait) Admit(int wanted)
    {
        BreakerState? entered = null;
        (int, TimeSpan) answer;
        lock (gate)
        {
            if (state == BreakerState.Open && time.GetElapsedTime(openedAt) >= pause)
            {
                state = BreakerState.HalfOpen;
                probing = false;
                entered = state;
            }

            answer = state switch
            {
                BreakerState.Closed => (wanted, TimeSpan.Zero),
                BreakerState.Open => (0, pause - time.GetElapsedTime(openedAt)),
                _ => (probing ? 0 : Math.Min(1, wanted), FirstPause / 10),
            };
        }

        Report(entered);
        return answer;
    }

    /// <summary>The single attempt admitted while half open has really started.</summary>
    public void ProbeStarted()
    {
        lock (gate)
        {
            probing = state == BreakerState.HalfOpen;
        }
    }

    /// <summary>An admitted attempt was not made after all.</summary>
    public void ProbeAbandoned()
    {
        lock (gate)
        {
            probing = false;
        }
    }

    public void Succeeded()
    {
        BreakerState? entered = null;
        lock (gate)
        {
            failures = 0;
            lastFailedKey = default;
            if (state != BreakerState.Closed)
            {
                state = BreakerState.Closed;
                pause = FirstPause;
                entered = state;
            }
        }

        Report(entered);
    }

    /// <param name="failure">Why.</param>
    /// <param name="key">The ordering key of what was sent.</param>
    public void Failed(FailureClass failure, Guid key)
    {
        if (failure is FailureClass.BusinessRule or FailureClass.Partial or FailureClass.Throttled)
        {
            Succeeded();
            return;
        }

        BreakerState? entered = null;
        lock (gate)
        {
            if (failure.BlamesDestination() || key != lastFailedKey || state == BreakerState.HalfOpen)
            {
                failures++;
            }

            lastFailedKey = key;
            if (state == BreakerState.HalfOpen)
            {
                pause = Shorter(pause * 2, LongestPause);
                entered = Open();
            }
            else if (state == BreakerState.Closed && failures >= FailuresToOpen)
            {
                entered = Open();
            }
        }

        Report(entered);
    }

    private BreakerState Open()
    {
        state = BreakerState.Open;
        openedAt = time.GetTimestamp();
        probing = false;
        return state;
    }

    private void Report(BreakerState? entered)
    {
        if (entered is { } now)
        {
            Changed?.Invoke(now);
        }
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
