namespace Isthmus.Fhir.Paths;

/// <summary>What an expression may cost before it is given up. The defaults hold the largest honest Bundles with room to spare.</summary>
public sealed record FhirPathLimits
{
    public static FhirPathLimits Default { get; } = new();

    /// <summary>The longest expression in R4's own definitions has about 1,700 characters.</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>Evaluation recurses as deep as the expression is nested; a chain of operators counts each link.</summary>
    public const int MaxDepth = 500;

    /// <summary>
    /// Items visited or compared; 64 characters of text count as one, and a question to the caller or to UCUM as 50.
    /// Ten million take about a quarter of a second.
    /// </summary>
    public int MaxSteps { get; init; } = 10_000_000;

    /// <summary>Items held at once, 32 bytes each.</summary>
    public int MaxItems { get; init; } = 2_000_000;

    /// <summary>Characters of one computed string.</summary>
    public int MaxText { get; init; } = 4 * 1024 * 1024;

    /// <summary>How long one match may take. What all of an evaluation take is bounded by the steps, for which text and pattern count.</summary>
    public TimeSpan MaxRegexTime { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Characters of a regular expression.</summary>
    public const int MaxPattern = 4096;
}
