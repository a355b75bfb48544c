namespace Isthmus.Exchange.Contracts;

/// <summary>What waits behind a stopped message of the same key.</summary>
/// <param name="Demographics">Demographics and merges.</param>
/// <param name="Results">Results.</param>
/// <param name="MaxHold">Longest hold before an alert and release.</param>
public sealed record OrderTerms(BehindStopped Demographics, BehindStopped Results, TimeSpan MaxHold);

public enum BehindStopped
{
    /// <summary>Later messages of the key wait.</summary>
    Hold,

    /// <summary>Later messages pass, marked "earlier message pending".</summary>
    PassMarked,
}

/// <param name="Journal">Raw messages.</param>
/// <param name="Records">Canonical resources.</param>
/// <param name="Payloads">Payloads of deliveries that are not final; final ones follow their destination's term.</param>
/// <param name="Audit">Ledger events.</param>
/// <param name="Logs">Operational logs.</param>
public sealed record RetentionTerms(TimeSpan Journal, TimeSpan Records, TimeSpan Payloads, TimeSpan Audit, TimeSpan Logs);

/// <param name="AcknowledgeP99">Frame read to acknowledgement.</param>
/// <param name="DeliverP95">Acknowledgement to delivered, destination up.</param>
/// <param name="Availability">Fraction of the month, e.g. 0.999.</param>
/// <param name="Quiet">A feed silent for longer raises an alert.</param>
public sealed record ServiceLevels(TimeSpan AcknowledgeP99, TimeSpan DeliverP95, decimal Availability, TimeSpan Quiet);

/// <param name="Review">When the contract is looked at again.</param>
/// <param name="Notice">How long before its end the parties are told.</param>
/// <param name="Plan">One sentence: what becomes of routes, credentials and data.</param>
public sealed record RetirementPlan(DateOnly Review, TimeSpan Notice, string Plan);

public enum AuditLevel
{
    /// <summary>Decisions, deliveries and writes.</summary>
    Standard,

    /// <summary>Also every read of what crossed.</summary>
    Strong,
}

/// <param name="File">Path of the sample inside the site folder.</param>
/// <param name="Expect">The outcome it must come to.</param>
public sealed record ContractTest(string File, Outcome Expect);
