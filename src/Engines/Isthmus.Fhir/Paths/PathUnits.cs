namespace Isthmus.Fhir.Paths;

/// <summary>What FHIRPath asks of UCUM: conversion, and the units of products and quotients.</summary>
internal static class PathUnits
{
    private static readonly Dictionary<string, decimal> Milliseconds = new(StringComparer.Ordinal)
    {
        ["ms"] = 1m, ["s"] = 1_000m, ["min"] = 60_000m, ["h"] = 3_600_000m, ["d"] = 86_400_000m, ["wk"] = 604_800_000m,
    };

    /// <summary>A value in another unit; null if the two are not of one dimension.</summary>
    public static decimal? Convert(decimal value, string from, string to)
    {
        if (from == to)
        {
            return value;
        }

        return Milliseconds.TryGetValue(from, out var one) && Milliseconds.TryGetValue(to, out var other) ? value * one / other : null;
    }

    /// <summary>The product or quotient of two quantities whose numbers were computed already; null if UCUM cannot tell its unit.</summary>
    public static FhirPathValue? Combine(decimal number, PathUnit one, PathUnit two, bool divide) =>
        two.Code == "1" ? new FhirPathValue(number, one)
        : divide && one.Code == two.Code ? new FhirPathValue(number, PathUnit.One)
        : !divide && one.Code == "1" ? new FhirPathValue(number, two)
        : new FhirPathValue(number, PathUnit.Ucum($"{one.Code}{(divide ? '/' : '.')}{(two.Code.AsSpan().ContainsAny('/', '.') ? $"({two.Code})" : two.Code)}"));
}
