using Isthmus.Fhir.Units;

namespace Isthmus.Fhir.Search.Query;

/// <summary>Quantities (FHIR R4 search.html#quantity). With UCUM's system asked for, 1 g is found as 1000 mg; otherwise the unit must be the one asked for.</summary>
internal static class QuantityMatch
{
    public static bool Fits(QuantityOperand asked, QuantityValue quantity)
    {
        var number = asked.Number;
        if (asked.System == Ucum.System && asked.Code is { } code && Ucum.Unit(code) is { } unit && quantity.Canonical() is { } canonical && canonical.Code == unit.CanonicalCode)
        {
            return Ucum.TryCanonicalise(number.Value, unit, out var value)
                && Ucum.TryCanonicalise(number.Value - number.Half, unit, out var low)
                && Ucum.TryCanonicalise(number.Value + number.Half, unit, out var high)
                && RangeMatch.Fits(number.Prefix, value, low, high, canonical.From, canonical.Until);
        }

        return HasUnit(asked, quantity) && RangeMatch.Fits(number, quantity.From, quantity.Until);
    }

    private static bool HasUnit(QuantityOperand asked, QuantityValue quantity) =>
        (asked.System is null || quantity.System.AsString() == asked.System)
        && (asked.Code is null || quantity.Code.AsString() == asked.Code || (asked.System is null && quantity.Unit.AsString() == asked.Code));
}
