namespace Isthmus.Fhir.Json;

/// <summary>What a document may cost before it is refused. The defaults hold the largest honest resources with room to spare.</summary>
public sealed record FhirJsonLimits
{
    public static FhirJsonLimits Default { get; } = new();

    /// <summary>A Bundle of 100,000 small entries is about 100 MB.</summary>
    public int MaxBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>Honest resources stay under 30; nested Questionnaire items under 60.</summary>
    public int MaxDepth { get; init; } = 128;

    public int MaxNodes { get; init; } = 20_000_000;

    /// <summary>The longest R4 element name has 33 characters.</summary>
    public int MaxNameBytes { get; init; } = 1024;

    /// <summary>FHIR asks for 18 significant digits; longer numbers are kept as text but not without end.</summary>
    public int MaxNumberBytes { get; init; } = 128;
}
