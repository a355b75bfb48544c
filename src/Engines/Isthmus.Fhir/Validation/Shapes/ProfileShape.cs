namespace Isthmus.Fhir.Validation.Shapes;

/// <summary>A profile, extension or type by its canonical URL.</summary>
/// <param name="Url">Its canonical URL.</param>
/// <param name="Type">The type it is for.</param>
/// <param name="Snapshot">Its snapshot, for slices that are told by it.</param>
internal sealed record ProfileShape(string Url, string Type, SnapshotNode Snapshot)
{
    private readonly Lazy<ConstraintShape?> content = new(default(ConstraintShape));

    /// <summary>
    /// What it demands beyond the type; null for nothing. Compiled when first asked for, since profiles may tell their slices by
    /// each other's snapshots in circles.
    /// </summary>
    public ConstraintShape? Content => content.Value;

    /// <summary>Where an extension may stand (StructureDefinition.context).</summary>
    public ExtensionContext[] Contexts { get; init; } = [];

    /// <summary>Whether an extension changes the meaning of what it stands in.</summary>
    public bool IsModifier { get; init; }

    public required Func<ConstraintShape?> Compile { init => content = new Lazy<ConstraintShape?>(value); }
}

internal enum ExtensionContextKind
{
    Element,
    Extension,
    Fhirpath,
}

/// <summary>One place where an extension may stand.</summary>
internal sealed record ExtensionContext(ExtensionContextKind Kind, string Expression);
