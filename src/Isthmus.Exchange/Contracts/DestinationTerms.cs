namespace Isthmus.Exchange.Contracts;

/// <summary>What one destination gets under this contract, on which ground, and how delivery to it behaves.</summary>
public sealed record DestinationTerms
{
    /// <summary>Key of the destination in <c>isthmus.yaml</c>; also the name by which fields list their readers.</summary>
    public required string Name { get; init; }

    /// <summary>v3 PurposeOfUse code of the disclosure, e.g. <c>TREAT</c>, <c>HRESCH</c>.</summary>
    public required string ConsentPurpose { get; init; }

    /// <summary>The ground on which the data may move, in the policy's words.</summary>
    public required LawfulBasis Basis { get; init; }

    /// <summary>The recipient as consents name it, e.g. <c>Organization/renal-registry</c> or <c>system|value</c>.</summary>
    public required string Recipient { get; init; }

    public required PayloadForm Form { get; init; }

    /// <summary>FHIR element paths that may be in the payload, from the readers of <see cref="IntegrationContract.Fields"/>.</summary>
    public required IReadOnlySet<string> Elements { get; init; }

    /// <summary>Transforms on elements before they leave, by element path, e.g. <c>Patient.birthDate</c> to <see cref="Derivation.Year"/>.</summary>
    public required IReadOnlyDictionary<string, Derivation> Derive { get; init; }

    /// <summary>SMART scopes asked for, least privilege; empty for connectors without scopes.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    public required RetryTerms Retry { get; init; }

    /// <summary>What happens while the destination is down.</summary>
    public required DownBehaviour WhenDown { get; init; }

    /// <summary>How long the payload stays after its final state. Zero: dropped in the transaction that settles it.</summary>
    public required TimeSpan PayloadRetention { get; init; }

    /// <summary>Order of deliveries for one person.</summary>
    public required DeliveryOrder Order { get; init; }
}

public enum PayloadForm
{
    /// <summary>The whole canonical Bundle.</summary>
    Full,

    /// <summary>Only <see cref="DestinationTerms.Elements"/>, ids replaced by pseudonyms that differ per recipient.</summary>
    MinimisedPseudonymised,
}

public enum Derivation
{
    /// <summary>Keep the year of a date.</summary>
    Year,

    /// <summary>Keep year and month of a date.</summary>
    Month,

    /// <summary>Keep the date of a date-time.</summary>
    Day,

    /// <summary>
    /// Keep numbers, quantities, dates and codes with their system; drop free text, displays (they are the sender's
    /// words), codes without system, and an element of which nothing else is left.
    /// </summary>
    NoText,
}

public enum LawfulBasis
{
    Treatment,
    Payment,
    Operations,
    Consent,
    PublicHealth,
    Law,
}

/// <summary>Backoff is exponential from <paramref name="BaseDelay"/> to <paramref name="MaxDelay"/> with full jitter.</summary>
/// <param name="MaxAttempts">Attempts before the delivery is dead.</param>
/// <param name="MaxAge">Age at which it is dead whatever the count.</param>
public sealed record RetryTerms(int MaxAttempts, TimeSpan MaxAge, TimeSpan BaseDelay, TimeSpan MaxDelay);

public enum DownBehaviour
{
    /// <summary>Deliveries wait and go in order once it is back.</summary>
    Queue,

    /// <summary>A delivery that fails once is dead at once, and a person decides.</summary>
    Fail,
}

public enum DeliveryOrder
{
    /// <summary>By number per person: a delivery waits for the one before it.</summary>
    PerPerson,

    /// <summary>No order is kept.</summary>
    None,
}
