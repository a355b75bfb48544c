namespace Isthmus.Exchange.Contracts;

/// <summary>One field that may cross (or may not), with everything that must be known before it does.</summary>
public sealed record FieldTerm
{
    /// <summary>Where it comes from; null for a derived field, which the layer makes itself.</summary>
    public required FieldLocation? Source { get; init; }

    /// <summary>The FHIR element paths it becomes, e.g. <c>Patient.name</c>; empty when it steers but is not translated.</summary>
    public required IReadOnlyList<string> Elements { get; init; }

    public required FieldRule Rule { get; init; }

    public required DataClass Class { get; init; }

    /// <summary>Which system is authoritative for it.</summary>
    public required string Authority { get; init; }

    /// <summary>Destinations (names in this contract) that may have it.</summary>
    public required IReadOnlyList<string> Readers { get; init; }

    public required TimeSpan Retention { get; init; }

    /// <summary>One sentence: why it crosses.</summary>
    public required string Purpose { get; init; }

    /// <summary>What happens when a required field is missing.</summary>
    public required MissingBehaviour Missing { get; init; }
}

public enum FieldRule
{
    Required,
    Optional,

    /// <summary>Its presence quarantines the message (<c>contract.field-prohibited</c>).</summary>
    Prohibited,

    /// <summary>Made by the layer from other fields.</summary>
    Derived,

    /// <summary>Listed by a draft and not yet allowed by anybody: held as if it were not listed.</summary>
    Unconfirmed,
}

public enum DataClass
{
    Phi,
    Pseudonymous,
    NonPhi,
}

public enum MissingBehaviour
{
    /// <summary>The message goes on with finding <c>contract.field-missing</c>.</summary>
    Finding,

    /// <summary>The message is quarantined with finding <c>contract.field-missing</c>.</summary>
    Quarantine,
}
