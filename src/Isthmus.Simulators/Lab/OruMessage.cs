namespace Isthmus.Simulators.Lab;

/// <summary>A generated ORU^R01 with what a test needs to know of it without reading it.</summary>
public sealed class OruMessage
{
    internal OruMessage(byte[] bytes, OruFacts facts, LabOrder order)
    {
        Bytes = bytes;
        Facts = facts;
        Order = order;
    }

    public ReadOnlyMemory<byte> Bytes { get; }

    public OruFacts Facts { get; }

    internal LabOrder Order { get; }

    public override string ToString() => $"{nameof(OruMessage)}({Bytes.Length} bytes)";
}

/// <summary>What a generated message says.</summary>
public sealed record OruFacts
{
    /// <summary>Position in the traffic of its generator.</summary>
    public required long Ordinal { get; init; }

    /// <summary>MSH-10.</summary>
    public required string ControlId { get; init; }

    public required int PatientNumber { get; init; }

    /// <summary>PID-3.1.</summary>
    public required string Mrn { get; init; }

    /// <summary>PID-3.4.1.</summary>
    public required string Assigner { get; init; }

    /// <summary>OBR-2.1.</summary>
    public required string PlacerOrder { get; init; }

    /// <summary>OBR-3.1: with the OBX code the business key of a result.</summary>
    public required string FillerOrder { get; init; }

    /// <summary>OBR-4.1.</summary>
    public required string Panel { get; init; }

    /// <summary>OBR-25: F, or C for a correction.</summary>
    public required char Status { get; init; }

    public required int Observations { get; init; }

    /// <summary>A value lies beyond a critical limit, whatever OBX-8 says.</summary>
    public required bool IsCritical { get; init; }

    /// <summary>The code of the critical value, if there is one.</summary>
    public string? CriticalCode { get; init; }

    /// <summary>Some values are in SI units, others in conventional ones.</summary>
    public required bool HasMixedUnits { get; init; }

    /// <summary>PV1-3.1.</summary>
    public required string Ward { get; init; }

    public override string ToString() => $"{nameof(OruFacts)} {Ordinal}";
}
