namespace Isthmus.Exchange;

/// <summary>What became of a journalled message. Every message ends in one of the last four.</summary>
public enum Outcome
{
    /// <summary>Journalled, or committed with deliveries still under way.</summary>
    InProgress,

    /// <summary>Committed, and every delivery has come to its end (delivered, or denied by consent).</summary>
    Delivered,

    /// <summary>Held for a person: an identity to review, or a delivery that is dead.</summary>
    WaitingForHuman,

    /// <summary>Not understood or not trusted; kept whole, with the finding that says why.</summary>
    Quarantined,

    /// <summary>Understood and declined: the contract or a newer truth forbids its effect.</summary>
    Refused,
}
