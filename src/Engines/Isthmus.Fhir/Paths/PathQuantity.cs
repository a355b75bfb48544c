namespace Isthmus.Fhir.Paths;

/// <summary>Quantities: compared and computed with where their units allow it (FHIRPath 2.0.0 sections 6.1, 6.2, 6.6).</summary>
internal static class PathQuantity
{
    public static PathTruth Equal(in FhirPathValue left, in FhirPathValue right) => Compare(left, right) switch
    {
        null => PathTruth.Empty,
        0 => PathTruth.True,
        _ => PathTruth.False,
    };

    /// <summary>Null where the units cannot be converted: other dimensions, or a calendar month against a definite duration.</summary>
    public static int? Compare(in FhirPathValue left, in FhirPathValue right) =>
        IndefiniteAgainstDefinite(left, right) ? null : PathUnits.Compare(left.Number, (PathUnit)left.Reference!, right.Number, (PathUnit)right.Reference!);

    /// <summary>To the precision of the less precise; calendar durations count as the definite ones closest to them.</summary>
    public static bool Equivalent(in FhirPathValue left, in FhirPathValue right) =>
        InUnitOf(right, left) is { } converted && PathEquivalence.SameNumber(left.Number, converted);

    private static bool IndefiniteAgainstDefinite(in FhirPathValue left, in FhirPathValue right)
    {
        var (one, two) = ((PathUnit)left.Reference!, (PathUnit)right.Reference!);
        return one.IsIndefinite ? !(two.IsIndefinite) : two.IsIndefinite;
    }

    public static decimal? InUnitOf(in FhirPathValue value, in FhirPathValue like) =>
        PathUnits.Convert(value.Number, (PathUnit)value.Reference!, (PathUnit)like.Reference!);
}
