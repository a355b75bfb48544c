namespace Isthmus.Fhir.Elements;

/// <summary>What a node of a tape holds; JSON's own kinds, because FHIR types come from the definitions, not from the bytes.</summary>
public enum FhirKind : byte
{
    None,
    Object,
    Array,
    String,

    /// <summary>A number, kept as the text it was written with: <c>1.50</c> stays <c>1.50</c> (FHIR decimal precision).</summary>
    Number,
    True,
    False,

    /// <summary>Only legal in FHIR as a placeholder within an array of primitives.</summary>
    Null,
}
