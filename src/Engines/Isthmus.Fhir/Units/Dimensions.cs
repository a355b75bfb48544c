using System.Globalization;
using System.Text;

namespace Isthmus.Fhir.Units;

/// <summary>
/// What a unit measures: base units and arbitrary units with their exponents, ordered by code. Two units are commensurable
/// exactly when their dimensions are equal; an arbitrary unit is a dimension of its own (UCUM 2.1 section 3.2, §24).
/// </summary>
internal sealed class Dimensions : IEquatable<Dimensions>
{
    private readonly (string Code, int Exponent)[] parts;

    private Dimensions((string Code, int Exponent)[] parts)
    {
        this.parts = parts;
        Code = Text(parts);
    }

    public static Dimensions None { get; } = new([]);

    /// <summary>The product of base units as a UCUM code, <c>1</c> for a plain number.</summary>
    public string Code { get; }

    public bool IsNumber => parts.Length == 0;

    public static Dimensions Of(string unit) => new([(unit, 1)]);

    public int this[string unit] => Array.Find(parts, part => part.Code == unit).Exponent;

    public Dimensions Times(Dimensions other, int exponent)
    {
        if (other.parts.Length == 0 || exponent == 0)
        {
            return this;
        }

        var sums = parts.ToDictionary(part => part.Code, part => part.Exponent, StringComparer.Ordinal);
        foreach (var (code, own) in other.parts)
        {
            sums[code] = sums.GetValueOrDefault(code) + (own * exponent);
        }

        return new Dimensions([.. sums.Where(sum => sum.Value != 0).OrderBy(sum => sum.Key, StringComparer.Ordinal).Select(sum => (sum.Key, sum.Value))]);
    }

    public bool Equals(Dimensions? other) => other is not null && Code == other.Code;

    public override bool Equals(object? obj) => Equals(obj as Dimensions);

    public override int GetHashCode() => Code.GetHashCode(StringComparison.Ordinal);

    private static string Text((string Code, int Exponent)[] parts)
    {
        var text = new StringBuilder();
        foreach (var (code, exponent) in parts)
        {
            text.Append(text.Length > 0 ? "." : string.Empty).Append(code);
            if (exponent != 1)
            {
                text.Append(CultureInfo.InvariantCulture, $"{exponent}");
            }
        }

        return text.Length == 0 ? "1" : text.ToString();
    }
}
