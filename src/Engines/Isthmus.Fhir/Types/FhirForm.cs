namespace Isthmus.Fhir.Types;

/// <summary>How the value of a FHIR primitive is to be understood: the FHIRPath system type it converts to (FHIR R4 fhirpath.html, "Using FHIR types").</summary>
internal enum FhirForm : byte
{
    /// <summary>Not a primitive.</summary>
    None,
    Boolean,
    Integer,
    Decimal,
    String,
    Date,
    DateTime,
    Time,
}
