using System.Globalization;

namespace Isthmus.Fhir.Units;

/// <summary>
/// A scale on which the value is not proportional to the quantity (UCUM 2.1, section 4, table "special units"): from the
/// quantity as a ratio to the scale's reference (<c>K</c> for Cel, <c>mol/l</c> for [pH]) to the value, and back.
/// Temperature scales are exact; the others are computed in binary floating point.
/// </summary>
internal sealed class SpecialScale
{
    private readonly Func<double, double>? toValue;
    private readonly Func<double, double>? toRatio;
    private readonly Rational step;
    private readonly Rational zero;

    private SpecialScale(string name, Rational step, Rational zero)
    {
        Name = name;
        this.step = step;
        this.zero = zero;
    }

    private SpecialScale(string name, Func<double, double> toValue, Func<double, double> toRatio)
    {
        Name = name;
        this.toValue = toValue;
        this.toRatio = toRatio;
    }

    public static IReadOnlyDictionary<string, SpecialScale> All { get; } = new SpecialScale[]
    {
        // Value v stands for (v + zero) * step.
        new("Cel", Rational.One, Rational.Of(273.15m)),
        new("degF", Rational.Of(5) / Rational.Of(9), Rational.Of(459.67m)),
        new("degRe", Rational.Of(5) / Rational.Of(4), Rational.Of(273.15m) * Rational.Of(4) / Rational.Of(5)),
        new("pH", ratio => -Math.Log10(ratio), value => Math.Pow(10, -value)),
        new("ln", Math.Log, Math.Exp),
        new("lg", Math.Log10, value => Math.Pow(10, value)),
        new("2lg", ratio => 2 * Math.Log10(ratio), value => Math.Pow(10, value / 2)),
        new("ld", Math.Log2, value => Math.Pow(2, value)),
        new("tan100", ratio => Math.Tan(ratio) * 100, value => Math.Atan(value / 100)),
        new("hpX", ratio => -Math.Log10(ratio), value => Math.Pow(10, -value)),
        new("hpC", ratio => -Math.Log(ratio, 100), value => Math.Pow(100, -value)),
        new("hpM", ratio => -Math.Log(ratio, 1000), value => Math.Pow(1000, -value)),
        new("hpQ", ratio => -Math.Log(ratio, 50000), value => Math.Pow(50000, -value)),
        new("sqrt", Math.Sqrt, value => value * value),
    }.ToDictionary(scale => scale.Name, StringComparer.Ordinal);

    public string Name { get; }

    public bool IsExact => toValue is null;

    /// <summary>Null where the scale does not reach: the logarithm of what is not positive, or beyond the range of floating point.</summary>
    public Rational? ToRatio(Rational value) => toRatio is null ? (value + zero) * step : Computed(toRatio, value);

    public Rational? ToValue(Rational ratio) => toValue is null ? (ratio / step) - zero : Computed(toValue, ratio);

    private static Rational? Computed(Func<double, double> function, Rational argument)
    {
        var seventeen = Rounding.ToDigits(argument, 17);
        var result = function((double)seventeen.Numerator / (double)seventeen.Denominator);
        return double.IsFinite(result) ? Rational.Parse(result.ToString("e16", CultureInfo.InvariantCulture)) : null;
    }
}
