using Isthmus.Exchange.Contracts;

namespace Isthmus.Outbound.Resilience;

/// <summary>What becomes of a delivery after a failed attempt: another one after a delay, or the dead letters.</summary>
/// <param name="Delay">Until the next attempt; null if there is none.</param>
internal readonly record struct RetryDecision(TimeSpan? Delay)
{
    /// <param name="failure">Why the attempt failed.</param>
    /// <param name="terms">The contract's.</param>
    /// <param name="repeatsAreSafe">Whether the partner knows a repeat.</param>
    /// <param name="whenDown">What the contract says of a destination that is down.</param>
    /// <param name="attempts">Attempts made, this one included.</param>
    /// <param name="age">Since the delivery was queued, or last replayed.</param>
    /// <param name="retryAfter">What the partner asked for, if it did.</param>
    /// <param name="draw">A draw from [0, 1) for the jitter.</param>
    public static RetryDecision After(
        FailureClass failure, bool repeatsAreSafe, RetryTerms terms, DownBehaviour whenDown, int attempts, TimeSpan age, TimeSpan? retryAfter, double draw)
    {
        if (!failure.MayRepeat(repeatsAreSafe) || (whenDown == DownBehaviour.Fail && failure != FailureClass.Throttled))
        {
            return default;
        }

        var delay = Backoff(terms, attempts, draw);
        if (retryAfter is { } asked)
        {
            // Not before the partner's time; the jitter keeps what was throttled together from returning together.
            delay = asked + TimeSpan.FromTicks((long)(terms.BaseDelay.Ticks * draw));
        }

        var spent = failure.CountsAttempts() && attempts >= terms.MaxAttempts;
        return spent || age + delay > terms.MaxAge ? default : new RetryDecision(delay);
    }

    /// <summary>Full jitter: anywhere between nothing and the exponential limit.</summary>
    private static TimeSpan Backoff(RetryTerms terms, int attempts, double draw)
    {
        var doublings = Math.Min(attempts - 1, 30);
        var limit = Math.Min(terms.MaxDelay.Ticks, terms.BaseDelay.Ticks * Math.Pow(2, doublings));
        return TimeSpan.FromTicks((long)(limit * draw));
    }
}
