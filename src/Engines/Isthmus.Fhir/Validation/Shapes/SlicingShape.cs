using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Validation.Shapes;

internal enum SlicingRules
{
    Open,
    Closed,
    OpenAtEnd,
}

/// <summary>How the occurrences of an element fall into slices (ElementDefinition.slicing).</summary>
internal sealed record SlicingShape(SlicingRules Rules, bool Ordered, SliceShape[] Slices);

/// <summary>One slice.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Min">Fewest occurrences.</param>
/// <param name="Max">Most occurrences.</param>
/// <param name="Tests">What an occurrence must fulfil to belong to it.</param>
/// <param name="Content">What is demanded of those that belong to it; null for nothing.</param>
/// <param name="Decidable">False where the profile does not say how to tell the slice; then nothing is said of it but a warning.</param>
internal sealed record SliceShape(string Name, int Min, int Max, SliceTest[] Tests, ConstraintShape? Content, bool Decidable);

internal enum SliceTestKind
{
    /// <summary>The value at the path is the fixed value.</summary>
    Fixed,

    /// <summary>The value at the path has all of the pattern.</summary>
    Pattern,

    /// <summary>The code at the path is in the value set.</summary>
    Binding,

    /// <summary>The value at the path has one of the types.</summary>
    Type,

    Exists,
    Absent,

    /// <summary>The value at the path fulfils one of the profiles.</summary>
    Profile,

    /// <summary>The occurrence stands at this place of the list.</summary>
    Position,
}

/// <summary>One discriminator as one slice has it.</summary>
internal sealed record SliceTest(SliceTestKind Kind, string Label, PathStep[] Steps)
{
    public FhirElement Value { get; init; }

    public BindingShape? Binding { get; init; }

    /// <summary>Types, or canonical URLs of profiles.</summary>
    public string[] Any { get; init; } = [];

    public int Position { get; init; }
}

internal enum PathStepKind
{
    Child,
    Extension,
    OfType,
    Resolve,
}

/// <summary>A step of a discriminator's path, which is a small part of FHIRPath (FHIR R4 profiling.html#discriminator).</summary>
internal sealed record PathStep(PathStepKind Kind)
{
    /// <summary>For a child: the numbers of its JSON names, and its type under each.</summary>
    public int[] Names { get; init; } = [];

    public string[] TypeOfName { get; init; } = [];

    /// <summary>An extension's URL, or a type's name.</summary>
    public byte[] Text { get; init; } = [];
}
