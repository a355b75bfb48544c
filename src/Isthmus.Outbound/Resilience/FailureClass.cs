namespace Isthmus.Outbound.Resilience;

/// <summary>Why an attempt failed, as far as it decides what happens next.</summary>
internal enum FailureClass
{
    /// <summary>The request never reached the partner: name, connection or TLS failed.</summary>
    Transport,

    /// <summary>The partner asked for patience (429, or 503 with Retry-After).</summary>
    Throttled,

    /// <summary>The partner, or its token endpoint, does not accept our credentials.</summary>
    Unauthorised,

    /// <summary>The partner failed inside (5xx), and says so.</summary>
    Application,

    /// <summary>The partner understood and refuses the content (4xx): a repeat would be refused again.</summary>
    BusinessRule,

    /// <summary>Some entries took effect, others not.</summary>
    Partial,

    /// <summary>The request left, and no readable answer came: it may have taken effect.</summary>
    Ambiguous,
}

internal static class FailureClasses
{
    /// <summary>The rule id on the row, in the ledger and in metrics.</summary>
    public static string Rule(this FailureClass failure) => failure switch
    {
        FailureClass.Transport => "delivery.transport",
        FailureClass.Throttled => "delivery.throttled",
        FailureClass.Unauthorised => "delivery.unauthorised",
        FailureClass.Application => "delivery.application",
        FailureClass.BusinessRule => "delivery.business-rule",
        FailureClass.Partial => "delivery.partial",
        FailureClass.Ambiguous => "delivery.ambiguous",
        _ => throw new ArgumentOutOfRangeException(nameof(failure)),
    };

    /// <summary>
    /// Is a repeat safe and sensible? After an ambiguous or partial attempt only where the partner knows a repeat: PUT under our id, an
    /// event under a key, a message under its control id.
    /// </summary>
    public static bool MayRepeat(this FailureClass failure, bool repeatsAreSafe) => failure switch
    {
        FailureClass.BusinessRule => false,
        FailureClass.Ambiguous or FailureClass.Partial => repeatsAreSafe,
        _ => true,
    };

    /// <summary>
    /// Does every failure count towards the most attempts? Where the destination as a whole is at fault, patience is limited by age
    /// only: an outage of an hour must not turn what waits into dead letters.
    /// </summary>
    public static bool CountsAttempts(this FailureClass failure) =>
        failure is FailureClass.Application or FailureClass.Partial or FailureClass.Ambiguous;

    /// <summary>Does the failure tell against the destination, whatever was sent to it?</summary>
    public static bool BlamesDestination(this FailureClass failure) =>
        failure is FailureClass.Transport or FailureClass.Unauthorised;
}
