namespace Isthmus.Fhir.Paths;

/// <summary>What a value of a FHIRPath collection is.</summary>
public enum PathKind : byte
{
    /// <summary>An element of a resource; its FHIR type is known where the definitions know it.</summary>
    Element,

    /// <summary>A primitive that has only an id or extensions (JSON's <c>_name</c>), and no value.</summary>
    ElementWithoutValue,
    Boolean,
    Integer,
    Decimal,
    String,
    Date,
    DateTime,
    Time,
    Quantity,

    /// <summary>What <c>type()</c> answers.</summary>
    Type,
}
