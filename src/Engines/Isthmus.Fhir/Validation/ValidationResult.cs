using Isthmus.Fhir.Validation.Findings;

namespace Isthmus.Fhir.Validation;

/// <summary>What a validation found, in the order of the text.</summary>
public sealed class ValidationResult(IReadOnlyList<Finding> findings)
{
    public IReadOnlyList<Finding> Findings => findings;

    /// <summary>No error; warnings and information do not count.</summary>
    public bool IsValid { get; } = !findings.Any(finding => finding.IsError);

    /// <summary>A FHIR OperationOutcome as JSON, with an issue for each finding.</summary>
    public byte[] ToOperationOutcome() => OperationOutcome.Of(findings);

    public override string ToString() => $"ValidationResult({findings.Count} findings, {(IsValid ? "valid" : "invalid")})";
}
