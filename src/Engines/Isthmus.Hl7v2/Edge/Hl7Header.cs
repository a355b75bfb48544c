namespace Isthmus.Hl7v2;

/// <summary>
/// What the edge needs of a message before anybody reads it: the MSH fields that route and acknowledge, and
/// PID-3 that orders. Slices of the frame, first repetition and first sub-component, raw; empty where absent.
/// </summary>
public readonly struct Hl7Header
{
    /// <summary>Null when the header was read, else the rule that says why not (<see cref="Hl7Rules"/>).</summary>
    public string? Fault { get; internal init; }

    public Hl7Delimiters Delimiters { get; internal init; }

    /// <summary>The whole MSH line without its end.</summary>
    public Hl7Slice Msh { get; internal init; }

    /// <summary>MSH-3, the whole field: an acknowledgement sends it back as the receiver.</summary>
    public Hl7Slice SendingApplication { get; internal init; }

    /// <summary>MSH-4, the whole field.</summary>
    public Hl7Slice SendingFacility { get; internal init; }

    /// <summary>MSH-5, the whole field.</summary>
    public Hl7Slice ReceivingApplication { get; internal init; }

    /// <summary>MSH-6, the whole field.</summary>
    public Hl7Slice ReceivingFacility { get; internal init; }

    /// <summary>MSH-7.</summary>
    public Hl7Slice MessageTime { get; internal init; }

    /// <summary>MSH-9.1, such as ORU.</summary>
    public Hl7Slice MessageCode { get; internal init; }

    /// <summary>MSH-9.2, such as R01.</summary>
    public Hl7Slice TriggerEvent { get; internal init; }

    /// <summary>MSH-9.3, such as ORU_R01; absent before v2.3.1.</summary>
    public Hl7Slice MessageStructure { get; internal init; }

    /// <summary>MSH-10, the whole field.</summary>
    public Hl7Slice ControlId { get; internal init; }

    /// <summary>MSH-11.1: P, T or D.</summary>
    public Hl7Slice ProcessingId { get; internal init; }

    /// <summary>MSH-12.1, such as 2.5.1.</summary>
    public Hl7Slice VersionId { get; internal init; }

    /// <summary>MSH-13, the whole field: the place in the sender's sequence (HL7 v2.5.1 §2.10.1).</summary>
    public Hl7Slice SequenceNumber { get; internal init; }

    /// <summary>MSH-15: when the sender wants an accept acknowledgement (AL, NE, SU, ER); empty in original mode.</summary>
    public Hl7Slice AcceptAcknowledgementType { get; internal init; }

    /// <summary>MSH-16: when the sender wants an application acknowledgement.</summary>
    public Hl7Slice ApplicationAcknowledgementType { get; internal init; }

    /// <summary>MSH-18, first repetition.</summary>
    public Hl7Slice CharacterSet { get; internal init; }

    /// <summary>PID-3.1 of the first repetition.</summary>
    public Hl7Slice PatientId { get; internal init; }

    /// <summary>PID-3.4.1 of the first repetition: the assigning authority's namespace.</summary>
    public Hl7Slice PatientIdAssigner { get; internal init; }

    /// <summary>MSH-15 or MSH-16 is valued: the sender follows the enhanced mode (HL7 v2.5.1 §2.9.3).</summary>
    public bool IsEnhancedMode => !AcceptAcknowledgementType.IsEmpty || !ApplicationAcknowledgementType.IsEmpty;

    public override string ToString() => $"{nameof(Hl7Header)}({Msh.Length} bytes)";
}
