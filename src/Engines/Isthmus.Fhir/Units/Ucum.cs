using System.Collections.Concurrent;
using System.Text;
using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Units;

/// <summary>
/// Quantities with UCUM units: compare, convert, canonicalise. Arithmetic is exact; only a result that a decimal cannot hold is
/// rounded (<see cref="Rounding"/>). Everything answers false rather than throw: units that are not commensurable, values off a
/// special unit's scale, results beyond decimal's range.
/// </summary>
public static class Ucum
{
    /// <summary>The code system of these codes.</summary>
    public const string System = "http://unitsofmeasure.org";

    /// <summary>Units kept once read. A full table takes no more, so that invented codes in messages push nothing out and add nothing.</summary>
    private const int MaxKept = 4096;

    private static readonly ConcurrentDictionary<byte[], UcumUnit> Kept = new(Utf8Comparer.Instance);
    private static readonly ConcurrentDictionary<byte[], UcumUnit>.AlternateLookup<ReadOnlySpan<byte>> ByBytes = Kept.GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>The unit of a code in UTF-8, or null where it is none; <see cref="UcumUnit.Read"/> says why. No allocation for a unit met before.</summary>
    public static UcumUnit? Unit(ReadOnlySpan<byte> code)
    {
        if (ByBytes.TryGetValue(code, out var kept))
        {
            return kept;
        }

        if (code.Length > UcumParser.MaxLength)
        {
            return null;
        }

        var unit = UcumUnit.Read(Encoding.UTF8.GetString(code)).Unit;
        if (unit is not null && Kept.Count < MaxKept)
        {
            ByBytes.TryAdd(code, unit);
        }

        return unit;
    }

    /// <summary>The unit of a code, or null where it is none.</summary>
    public static UcumUnit? Unit(string code)
    {
        if (code.Length > UcumParser.MaxLength)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[UcumParser.MaxLength * 3];
        return Unit(bytes[..Encoding.UTF8.GetBytes(code, bytes)]);
    }

    /// <summary>
    /// Converts exactly. The result is the exact one where a decimal can hold it, else rounded half to even at 28 significant
    /// digits; by way of a logarithmic scale, 13 digits are given.
    /// </summary>
    public static bool TryConvert(decimal value, UcumUnit from, UcumUnit to, out decimal result)
    {
        result = value;
        if (from.Equals(to))
        {
            return true;
        }

        result = 0;
        if (!from.IsCommensurableWith(to) || Exact(Rational.Of(value), from, to) is not { } converted)
        {
            return false;
        }

        if (!from.IsExact || !to.IsExact)
        {
            converted = Rounding.ToDigits(converted, Rounding.DigitsOfFloating);
        }
        else if (!(from.IsDecimal && to.IsDecimal) && Rounding.Doubt(value) is { Numerator.IsZero: false } doubt)
        {
            var step = Exact(Rational.Of(value) + doubt, from, to)!.Value - converted;
            converted = Rounding.Shortest(converted, step);
        }

        return Rounding.TryToDecimal(converted, out result);
    }

    /// <summary>The value in <see cref="UcumUnit.CanonicalCode"/>.</summary>
    public static bool TryCanonicalise(decimal value, UcumUnit unit, out decimal canonical)
    {
        canonical = 0;
        return unit.ToCanonical(Rational.Of(value)) is { } exact
            && Rounding.TryToDecimal(unit.IsExact ? exact : Rounding.ToDigits(exact, Rounding.DigitsOfFloating), out canonical);
    }

    /// <summary>Compares without rounding: <paramref name="order"/> is negative, zero or positive as the left quantity is smaller, equal or larger.</summary>
    public static bool TryCompare(decimal left, UcumUnit leftUnit, decimal right, UcumUnit rightUnit, out int order)
    {
        order = 0;
        if (leftUnit.Equals(rightUnit) && leftUnit.Factor.Numerator.Sign > 0 && !leftUnit.IsSpecial)
        {
            order = left.CompareTo(right);
            return true;
        }

        if (!leftUnit.IsCommensurableWith(rightUnit)
            || leftUnit.ToCanonical(Rational.Of(left)) is not { } exactLeft || rightUnit.ToCanonical(Rational.Of(right)) is not { } exactRight)
        {
            return false;
        }

        order = leftUnit.IsExact && rightUnit.IsExact
            ? Rational.Compare(exactLeft, exactRight)
            : Rational.Compare(Rounding.ToDigits(exactLeft, Rounding.DigitsOfFloating), Rounding.ToDigits(exactRight, Rounding.DigitsOfFloating));
        return true;
    }

    private static Rational? Exact(Rational value, UcumUnit from, UcumUnit to) =>
        from.ToCanonical(value) is { } canonical ? to.FromCanonical(canonical) : null;
}
