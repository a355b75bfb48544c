using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Validation.Invariants;

namespace Isthmus.Fhir.Validation.Shapes;

/// <summary>
/// What a profile demands of one element beyond what FHIR itself demands; elements of which it demands nothing more are left
/// out when the profile is compiled, so that checking a profile costs only what it adds.
/// </summary>
internal sealed class ConstraintShape
{
    /// <summary>As the profile calls it: <c>Patient.identifier:mrn.system</c>.</summary>
    public required string Label { get; init; }

    /// <summary>The numbers of the JSON names the element can have, and its type under each.</summary>
    public required int[] Names { get; init; }

    public required string[] TypeOfName { get; init; }

    /// <summary>Whether this is the profile's own root, which has no JSON name.</summary>
    public bool IsRoot => Names.Length == 0;

    /// <summary>Fewest occurrences, 0 where FHIR itself asks for as many.</summary>
    public int Min { get; init; }

    /// <summary>Most occurrences; <see cref="int.MaxValue"/> where FHIR itself allows no more.</summary>
    public int Max { get; init; } = int.MaxValue;

    /// <summary>The types allowed here; null where they are those FHIR allows.</summary>
    public TypeUse[]? Types { get; init; }

    public FhirElement Fixed { get; init; }

    public FhirElement Pattern { get; init; }

    public FhirElement MinValue { get; init; }

    public FhirElement MaxValue { get; init; }

    /// <summary>Most characters; 0 for no limit.</summary>
    public int MaxLength { get; init; }

    public BindingShape? Binding { get; init; }

    public CompiledInvariant[] Invariants { get; init; } = [];

    public SlicingShape? Slicing { get; init; }

    public ConstraintShape[] Children { get; init; } = [];

    /// <summary>Whether a value, once it is there, can break anything.</summary>
    public bool ConstrainsValue =>
        Types is not null || Fixed.Exists || Pattern.Exists || MinValue.Exists || MaxValue.Exists || MaxLength > 0
        || Binding is not null || Invariants.Length > 0 || Children.Length > 0;

    public bool Constrains => Min > 0 || Max < int.MaxValue || Slicing is not null || ConstrainsValue;

    public override string ToString() => Label;
}
