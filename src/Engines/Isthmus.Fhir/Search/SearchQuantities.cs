using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;
using Isthmus.Fhir.Units;

namespace Isthmus.Fhir.Search;

/// <summary>Quantities and ranges of them, with the same in UCUM's canonical units beside (FHIR R4 search.html#quantity).</summary>
internal static class SearchQuantities
{
    /// <summary>The system of currencies, by which a Money is a quantity.</summary>
    private static readonly FhirElement Currencies = FhirJsonReader.ReadJson("\"urn:iso:std:iso:4217\""u8.ToArray()).Root;

    public static QuantityValue? Of(SearchParameter parameter, FhirElement quantity) => quantity["value"u8].AsDecimal() is { } value
        ? quantity["comparator"u8].AsString() switch
        {
            "<" or "<=" => Made(parameter, null, value, quantity),
            ">" or ">=" => Made(parameter, value, null, quantity),
            _ => Made(parameter, value, value, quantity),
        }
        : null;

    /// <summary>A Range has the unit of its low end, or of its high end where it has no other.</summary>
    public static QuantityValue? OfRange(SearchParameter parameter, FhirElement range)
    {
        var low = range["low"u8];
        var high = range["high"u8];
        return low.Exists || high.Exists
            ? Made(parameter, low["value"u8].AsDecimal(), high["value"u8].AsDecimal(), low.Exists ? low : high)
            : null;
    }

    public static QuantityValue? OfMoney(SearchParameter parameter, FhirElement money) => money["value"u8].AsDecimal() is { } value
        ? new QuantityValue(parameter, value, value, Currencies, money["currency"u8], money["currency"u8])
        : null;

    private static QuantityValue Made(SearchParameter parameter, decimal? from, decimal? until, FhirElement measured)
    {
        var system = measured["system"u8];
        var code = measured["code"u8];
        return new QuantityValue(parameter, from, until, system, code, measured["unit"u8])
        {
            Canonical = system.TextEquals("http://unitsofmeasure.org"u8) && Ucum.Unit(code.Text) is { } unit ? Canonical(from, until, unit) : null,
        };
    }

    private static CanonicalQuantity? Canonical(decimal? from, decimal? until, UcumUnit unit)
    {
        decimal low = 0, high = 0;
        return (from is null || Ucum.TryCanonicalise(from.Value, unit, out low)) && (until is null || Ucum.TryCanonicalise(until.Value, unit, out high))
            ? new CanonicalQuantity(from is null ? null : low, until is null ? null : high, unit.CanonicalCode)
            : null;
    }
}
