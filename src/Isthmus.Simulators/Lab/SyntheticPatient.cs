namespace Isthmus.Simulators.Lab;

/// <summary>An invented person, as a registration desk would know them: some of it is missing.</summary>
public sealed record SyntheticPatient
{
    /// <summary>Position in the population, from zero.</summary>
    public required int Number { get; init; }

    /// <summary>Medical record number, unique under <see cref="Assigner"/>.</summary>
    public required string Mrn { get; init; }

    /// <summary>Namespace of the authority that gave the number (PID-3.4.1).</summary>
    public required string Assigner { get; init; }

    public required string Family { get; init; }

    public required string Given { get; init; }

    public string? Middle { get; init; }

    public string? Suffix { get; init; }

    /// <summary>As the desk entered it: yyyyMMdd, for a few yyyy only, for fewer nothing.</summary>
    public string? BirthDate { get; init; }

    /// <summary>HL7 table 0001: F, M, O or U.</summary>
    public required char Sex { get; init; }

    public string? Street { get; init; }

    public string? City { get; init; }

    public string? State { get; init; }

    public string? PostalCode { get; init; }

    public string? Phone { get; init; }

    /// <summary>Whether the patient consents to sharing with a registry; null where nobody asked.</summary>
    public bool? SharesWithRegistry { get; init; }

    /// <summary>The <see cref="Number"/> of the twin born before, who shares family name, birth date and address.</summary>
    public int? TwinOf { get; init; }

    public override string ToString() => $"{nameof(SyntheticPatient)} {Number}";
}
