namespace Isthmus.Exchange.Contracts;

/// <summary>What counts as a critical result, on whatever parsed.</summary>
/// <param name="Signal">The signal kind raised, e.g. <c>critical-result</c>.</param>
/// <param name="Flags">OBX-8 values (HL7 table 0078) that are critical whatever the value, e.g. <c>HH</c>, <c>LL</c>, <c>AA</c>.</param>
/// <param name="Limits">Limits by analyte, for senders that do not flag.</param>
public sealed record CriticalTerms(string Signal, IReadOnlySet<string> Flags, IReadOnlyList<CriticalLimit> Limits)
{
    /// <summary>Of a contract that brings no results.</summary>
    public static CriticalTerms None { get; } = new(string.Empty, new HashSet<string>(), []);
}

/// <summary>A value strictly below or strictly above is critical. Decimals are exact.</summary>
/// <param name="Name">The analyte in words, e.g. <c>Potassium</c>.</param>
/// <param name="Codes">OBX-3 codes it answers to.</param>
/// <param name="Unit">The unit in which the limits are stated, as OBX-6 writes it. An analyte has a limit for each unit.</param>
public sealed record CriticalLimit(string Name, IReadOnlyList<AnalyteCode> Codes, string Unit, decimal? Below, decimal? Above);

/// <param name="System">HL7 table 0396 mnemonic: <c>LN</c> for LOINC, <c>L</c> for the sender's own.</param>
public readonly record struct AnalyteCode(string System, string Code);

/// <summary>How the patient of a message is known.</summary>
/// <param name="Identifiers">Identifiers that identify: a patient is looked up by these and no others.</param>
/// <param name="Compare">Demographic fields that must not contradict the record.</param>
/// <param name="Demographics">What the source's word on a patient's demographics is worth.</param>
/// <param name="Merges">What becomes of a message that says two identifiers are one patient.</param>
public sealed record IdentityTerms(
    IReadOnlyList<TrustedIdentifier> Identifiers,
    IReadOnlyList<FieldLocation> Compare,
    UnknownPatient WhenUnknown,
    DemographicConflict WhenConflicting,
    DemographicStanding Demographics,
    MergeTrust Merges);

/// <param name="Assigner">CX.4 namespace id of the assigning authority, e.g. <c>ST_ELSEWHERE</c>.</param>
/// <param name="Type">CX.5 identifier type (HL7 table 0203), e.g. <c>MR</c>.</param>
/// <param name="System">The FHIR identifier system it becomes.</param>
public sealed record TrustedIdentifier(string Assigner, string Type, string System);

public enum UnknownPatient
{
    /// <summary>Register a provisional patient, let care go on, raise a task.</summary>
    ProvisionalAndTask,

    /// <summary>Hold the message for a person.</summary>
    Review,

    /// <summary>Register the patient: the source is where patients are registered.</summary>
    Register,
}

public enum DemographicStanding
{
    /// <summary>The source repeats what it was told; it never replaces what the authority said.</summary>
    Secondary,

    /// <summary>The source is where patients are registered: what it says replaces what is on record.</summary>
    Authoritative,
}

public enum MergeTrust
{
    /// <summary>A person decides.</summary>
    Review,

    /// <summary>The source assigns the identifiers and is believed, unless the two persons contradict each other.</summary>
    Link,
}

public enum DemographicConflict
{
    /// <summary>Hold the message for a person.</summary>
    Review,

    /// <summary>Go on with a finding; the record is not changed.</summary>
    Finding,
}
