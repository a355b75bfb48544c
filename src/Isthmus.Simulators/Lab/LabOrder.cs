namespace Isthmus.Simulators.Lab;

/// <summary>One reported order: what the laboratory knows and a message says.</summary>
internal sealed record LabOrder
{
    public required SyntheticPatient Patient { get; init; }

    public required Stay Stay { get; init; }

    public required LabPanel Panel { get; init; }

    public required string Placer { get; init; }

    public required string Filler { get; init; }

    public required DateTimeOffset CollectedAt { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public required DateTimeOffset ReportedAt { get; init; }

    public required char Status { get; init; }

    public required IReadOnlyList<LabObservation> Observations { get; init; }

    public string? Comment { get; init; }

    public bool IsCritical => CriticalCode is not null;

    public string? CriticalCode => Observations.FirstOrDefault(observation => observation.IsCritical)?.Test.Code;

    public bool HasMixedUnits =>
        Observations.Any(observation => observation.IsSi) && Observations.Any(observation => observation is { IsSi: false, Test.Si: not null });
}

/// <summary>Where the patient is and who asks: the same for all orders of one patient.</summary>
internal sealed record Stay(
    char Class, string Ward, string Room, string Bed, string Visit, DateTimeOffset AdmittedAt, Provider Attending);

internal sealed record Provider(string Npi, string Family, string Given);

/// <summary>One OBX. <see cref="Value"/> is always in the unit of <see cref="Test"/>; the written unit is a choice.</summary>
internal sealed record LabObservation
{
    public required LabTest Test { get; init; }

    public required decimal Value { get; init; }

    public bool IsSi { get; init; }

    public char Status { get; init; } = 'F';

    /// <summary>Reported as "above the limit that the method can tell".</summary>
    public bool IsOpenEnded { get; init; }

    /// <summary>The sender marks criticals with plain H and L only, as some do.</summary>
    public bool HasPlainFlags { get; init; }

    /// <summary>The specimen was unfit: no value, OBX-11 X.</summary>
    public bool IsUnobtainable { get; init; }

    public string? Note { get; init; }

    public bool IsCritical => !IsUnobtainable && Test.Critical is { } limit && (Value < limit.Low || Value > limit.High);

    /// <summary>OBX-8 (HL7 table 0078).</summary>
    public string Flag
    {
        get
        {
            if (IsUnobtainable)
            {
                return string.Empty;
            }

            var doubled = IsCritical && !HasPlainFlags;
            return Value < Test.Low ? doubled ? "LL" : "L" : Value > Test.High ? doubled ? "HH" : "H" : "N";
        }
    }

    public string Unit => IsSi ? Test.Si!.Unit : Test.Unit;

    /// <summary>In the unit written, with the decimals that the laboratory reports.</summary>
    public decimal Written(decimal value) => IsSi
        ? decimal.Round(value * Test.Si!.Factor, Test.Si.Decimals, MidpointRounding.AwayFromZero)
        : decimal.Round(value, Test.Decimals, MidpointRounding.AwayFromZero);
}
