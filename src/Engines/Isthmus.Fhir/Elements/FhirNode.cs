namespace Isthmus.Fhir.Elements;

/// <summary>
/// One node of a <see cref="FhirTape"/>: 36 bytes, no references, so that a resource is two arrays however many elements it has.
/// Children are a linked list through <see cref="Next"/>, so that a builder may append anywhere.
/// </summary>
internal struct FhirNode
{
    /// <summary>No node, and for <see cref="Name"/>: the node has no property name (root or array item).</summary>
    public const int None = -1;

    /// <summary>The property name is not an R4 element name; its bytes are in the tape's text.</summary>
    public const int NameInText = -2;

    /// <summary>Id in <see cref="FhirNames"/>, or <see cref="None"/>, or <see cref="NameInText"/>.</summary>
    public int Name;
    public int NameStart;

    /// <summary>Scalars: where the value's text begins. Containers: where the bracket stood, if the tape was read.</summary>
    public int Start;
    public int Length;
    public int Parent;
    public int Next;
    public int First;
    public int Last;
    public ushort NameLength;
    public FhirKind Kind;
    public FhirNodeFlags Flags;
}

[Flags]
internal enum FhirNodeFlags : byte
{
    None = 0,

    /// <summary>The value's text is JSON source with escapes in it; otherwise it is plain UTF-8.</summary>
    Escaped = 1,

    /// <summary>The value's text needs no escaping when it is written as JSON.</summary>
    Clean = 2,

    /// <summary>The property is the <c>_name</c> sibling that carries a primitive's id and extensions.</summary>
    Sibling = 4,

    /// <summary>The property name's text has escapes in it.</summary>
    NameEscaped = 8,
}
