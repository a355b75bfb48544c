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

    public static CanonicalQuantity? Canonical(QuantityValue quantity)
    {
        if (!quantity.System.TextEquals("http://unitsofmeasure.org"u8) || Ucum.Unit(quantity.Code.Text) is not { } unit)
        {
            return null;
        }

        decimal low = 0, high = 0;
        return (quantity.From is not { } from || Ucum.TryCanonicalise(from, unit, out low)) && (quantity.Until is not { } until || Ucum.TryCanonicalise(until, unit, out high))
            ? new CanonicalQuantity(quantity.From is null ? null : low, quantity.Until is null ? null : high, unit.CanonicalCode)
            : null;
    }

    private static QuantityValue Made(SearchParameter parameter, decimal? from, decimal? until, FhirElement measured) =>
        new(parameter, from, until, measured["system"u8], measured["code"u8], measured["unit"u8]);
}
