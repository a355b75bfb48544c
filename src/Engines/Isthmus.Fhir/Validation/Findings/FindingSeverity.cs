namespace Isthmus.Fhir.Validation.Findings;

/// <summary>How much a finding weighs (FHIR R4, issue-severity). Only errors and what is fatal make a resource invalid.</summary>
public enum FindingSeverity
{
    Information,
    Warning,
    Error,
    Fatal,
}
