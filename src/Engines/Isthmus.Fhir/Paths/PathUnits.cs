using Isthmus.Fhir.Units;

namespace Isthmus.Fhir.Paths;

/// <summary>What FHIRPath asks of UCUM: comparison, conversion, and the units of products and quotients. Units that UCUM does not know are comparable with themselves only.</summary>
internal static class PathUnits
{
    /// <summary>A value in another unit; null if the two are not of one dimension.</summary>
    public static decimal? Convert(decimal value, PathUnit from, PathUnit to) =>
        from.Code == to.Code ? value
        : from.Measure is { } one && to.Measure is { } other && Ucum.TryConvert(value, one, other, out var converted) ? converted
        : null;

    /// <summary>Exact, whatever the units' sizes; null if they are not of one dimension.</summary>
    public static int? Compare(decimal left, PathUnit leftUnit, decimal right, PathUnit rightUnit) =>
        leftUnit.Code == rightUnit.Code ? left.CompareTo(right)
        : leftUnit.Measure is { } one && rightUnit.Measure is { } other && Ucum.TryCompare(left, one, right, other, out var order) ? order
        : null;

    public static bool AreComparable(PathUnit one, PathUnit other) =>
        one.Code == other.Code || (one.Measure is { } measure && other.Measure is { } another && measure.IsCommensurableWith(another));

    /// <summary>The product or quotient of two quantities whose numbers were computed already; null if UCUM cannot tell its unit.</summary>
    public static FhirPathValue? Combine(decimal number, PathUnit one, PathUnit two, bool divide)
    {
        if (two.Code == "1")
        {
            return new FhirPathValue(number, one);
        }

        if (one.Measure is not { } measure || two.Measure is not { } other)
        {
            return null;
        }

        return (divide ? measure.Over(other) : measure.Times(other)) is { } unit ? new FhirPathValue(number, PathUnit.Ucum(unit.Code.Length == 0 ? "1" : unit.Code)) : null;
    }
}
