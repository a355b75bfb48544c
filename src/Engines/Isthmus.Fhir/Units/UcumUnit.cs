using System.Globalization;
using System.Text;

namespace Isthmus.Fhir.Units;

/// <summary>
/// A unit of measure by its UCUM code, resolved to base units. Immutable. Equality is of what is measured and how large:
/// <c>mL</c>, <c>cm3</c> and <c>mL{blood}</c> are equal.
/// </summary>
public sealed class UcumUnit : IEquatable<UcumUnit>
{
    private readonly UcumFactor[] factors;
    private readonly SpecialScale? scale;
    private readonly Rational reference;

    internal UcumUnit(string code, UcumFactor[] factors, Rational factor, Dimensions dimensions, SpecialScale? scale, Rational reference, int moles = 0, int equivalents = 0)
    {
        Code = code;
        this.factors = factors;
        this.scale = scale;
        this.reference = reference;
        Factor = factor;
        Dimensions = dimensions;
        Moles = moles;
        Equivalents = equivalents;
        IsDecimal = scale is null && factor.IsDecimal;
    }

    /// <summary>The unit of a plain number.</summary>
    public static UcumUnit One { get; } = new("1", [new UcumFactor("1", 1, string.Empty)], Rational.One, Dimensions.None, null, Rational.One);

    /// <summary>The code as it was given.</summary>
    public string Code { get; }

    /// <summary>The product of base units (and arbitrary units), by which quantities compare: <c>g.m-3</c> for <c>mg/dL</c>, <c>1</c> for <c>%</c>.</summary>
    public string CanonicalCode => Dimensions.Code;

    /// <summary>Whether the value is not proportional to the quantity: <c>Cel</c>, <c>[pH]</c>, <c>dB</c>.</summary>
    public bool IsSpecial => scale is not null;

    /// <summary>How many canonical units it is; of a special unit, how many steps of its scale.</summary>
    internal Rational Factor { get; }

    internal Dimensions Dimensions { get; }

    /// <summary>The exponent of mol as written: a mole is a plain number in UCUM, so dimensions do not tell.</summary>
    internal int Moles { get; }

    /// <summary>The exponent of eq as written.</summary>
    internal int Equivalents { get; }

    /// <summary>Whether conversion to canonical units and back is finite in decimals.</summary>
    internal bool IsDecimal { get; }

    /// <summary>Whether the conversion is exact; logarithmic scales are computed in floating point.</summary>
    internal bool IsExact => scale is null || scale.IsExact;

    /// <summary>Reads a case-sensitive code. What is wrong with it is a value with a place.</summary>
    public static (UcumUnit? Unit, UcumFault? Fault) Read(string code) => UcumParser.Read(code, UcumTable.Instance);

    public bool IsCommensurableWith(UcumUnit other) => Dimensions.Equals(other.Dimensions);

    /// <summary>
    /// Whether both measure the same property, which is more than being commensurable: a mole is no plain number, nor an equivalent a
    /// mole, and a plain number (<c>%</c>, <c>mmol/mol</c>, <c>mg/g</c>) says what it is a ratio of only by how it is written.
    /// </summary>
    public bool IsSameKindAs(UcumUnit other) =>
        Dimensions.Equals(other.Dimensions) && Moles == other.Moles && Equivalents == other.Equivalents && IsSpecial == other.IsSpecial
        && (!Dimensions.IsNumber || Moles != 0 || Equivalents != 0 || Symbols.SequenceEqual(other.Symbols));

    private IEnumerable<(string Symbol, int Exponent)> Symbols =>
        factors.Where(factor => factor.Symbol is not ("" or "1")).Select(factor => (factor.Symbol, factor.Exponent));

    /// <summary>The product; null for special units, which have none, and for what is beyond range.</summary>
    public UcumUnit? Times(UcumUnit other) => Composed(other, 1);

    /// <summary>The quotient; null as for <see cref="Times"/>.</summary>
    public UcumUnit? Over(UcumUnit other) => Composed(other, -1);

    internal Rational? ToCanonical(Rational value)
    {
        var own = value * Factor;
        return scale is null ? own : scale.ToRatio(own) is { } ratio ? ratio * reference : null;
    }

    internal Rational? FromCanonical(Rational value) =>
        scale is null ? value / Factor : scale.ToValue(value / reference) is { } own ? own / Factor : null;

    public bool Equals(UcumUnit? other) =>
        other is not null && Dimensions.Equals(other.Dimensions) && Factor.Equals(other.Factor) && ReferenceEquals(scale, other.scale) && reference.Equals(other.reference);

    public override bool Equals(object? obj) => Equals(obj as UcumUnit);

    public override int GetHashCode() => HashCode.Combine(Dimensions, Factor, scale);

    /// <summary>The code in normal form: no parentheses, factors in their order, exponents of 1 left out.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var factor in factors)
        {
            text.Append(factor.Exponent < 0 ? "/" : text.Length > 0 ? "." : string.Empty).Append(factor.Symbol);
            if (Math.Abs(factor.Exponent) != 1)
            {
                text.Append(CultureInfo.InvariantCulture, $"{Math.Abs(factor.Exponent)}");
            }

            text.Append(factor.Annotation);
        }

        return text.ToString();
    }

    private UcumUnit? Composed(UcumUnit other, int sign)
    {
        if (other.Equals(One))
        {
            return this;
        }

        var product = new List<UcumFactor>(Equals(One) ? [] : factors);
        foreach (var factor in other.factors)
        {
            var same = product.FindIndex(own => own.Symbol == factor.Symbol && own.Annotation == factor.Annotation && !own.IsNumber);
            var exponent = factor.Exponent * sign;
            if (same < 0)
            {
                product.Add(factor with { Exponent = exponent });
            }
            else if (product[same].Exponent + exponent == 0)
            {
                product.RemoveAt(same);
            }
            else
            {
                product[same] = product[same] with { Exponent = product[same].Exponent + exponent };
            }
        }

        var code = new UcumUnit(string.Empty, [.. product], Factor, Dimensions, null, reference).ToString();
        return Read(code.Length == 0 ? "1" : code).Unit;
    }
}
