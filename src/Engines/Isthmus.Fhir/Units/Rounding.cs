using System.Numerics;

namespace Isthmus.Fhir.Units;

/// <summary>
/// From exact numbers to decimals. A number is rounded half to even to 28 significant digits (fewer where they would lie beyond
/// the 28th decimal place, which decimal does not have). Trailing zeros are dropped, except where they are the result of rounding.
/// </summary>
/// <remarks>
/// 1 [degR] is 0.5555…56 K, which is already rounded. So a value that fills all of decimal's digits is taken to stand for
/// everything that rounds to it, and converts to the shortest number among what that may have been: converting there and back
/// returns to the start. Factors with a finite decimal expansion (mg to g) need no such rule and get none.
/// </remarks>
internal static class Rounding
{
    private const int Digits = 28;

    /// <summary>A logarithmic or trigonometric scale is computed in binary floating point, which carries 15 digits; these are trusted.</summary>
    public const int DigitsOfFloating = 13;

    /// <summary>Division by one with all its places leaves a decimal without trailing zeros.</summary>
    private const decimal WithoutTrailingZeros = 1.0000000000000000000000000000m;

    private static readonly BigInteger Largest = new(decimal.MaxValue);
    private static readonly BigInteger Full = BigInteger.Pow(10, Digits - 1);

    /// <summary>Half a unit of the last place of a value that fills all of decimal's digits; zero for any other, which is exact.</summary>
    public static Rational Doubt(decimal value)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        var digits = ((BigInteger)(uint)parts[2] << 64) | ((BigInteger)(uint)parts[1] << 32) | (uint)parts[0];
        return digits < Full && value.Scale < Digits
            ? Rational.Zero
            : new Rational(digits >= Full * 10 ? 10 : 1, 2 * BigInteger.Pow(10, value.Scale));
    }

    /// <summary>The shortest number within so much of this one, if there is any of at most 28 places; else the number itself.</summary>
    public static Rational Shortest(Rational number, Rational within)
    {
        for (var places = 0; places <= Digits; places++)
        {
            var candidate = new Rational(Round(number, places), BigInteger.Pow(10, places));
            var off = candidate - number;
            if (Rational.Compare(new Rational(BigInteger.Abs(off.Numerator), off.Denominator), within) <= 0)
            {
                return candidate;
            }
        }

        return number;
    }

    /// <summary>False if the number is too large for a decimal.</summary>
    public static bool TryToDecimal(Rational number, out decimal result)
    {
        result = 0;
        if (number.Numerator.IsZero)
        {
            return true;
        }

        var places = Math.Min(Digits, Digits - 1 - Magnitude(number));
        if (places < -1)
        {
            return false;
        }

        var whole = Round(number, places);
        var isRounded = whole * number.Denominator * BigInteger.Pow(10, Math.Max(0, -places)) != number.Numerator * BigInteger.Pow(10, Math.Max(0, places));
        if (places < 0)
        {
            whole *= 10;
            places = 0;
        }

        if (BigInteger.Abs(whole) > Largest)
        {
            return false;
        }

        result = isRounded ? Decimal(whole, places) : Decimal(whole, places) / WithoutTrailingZeros;
        return true;
    }

    /// <summary>The number with so many significant digits.</summary>
    public static Rational ToDigits(Rational number, int digits)
    {
        if (number.Numerator.IsZero)
        {
            return number;
        }

        var places = (digits - 1) - Magnitude(number);
        return new Rational(Round(number, places), BigInteger.One) * Rational.PowerOfTen(-places);
    }

    /// <summary>The power of ten of the leading digit.</summary>
    private static int Magnitude(Rational number)
    {
        var size = BigInteger.Abs(number.Numerator);
        var guess = (int)Math.Floor(BigInteger.Log10(size) - BigInteger.Log10(number.Denominator));
        var rest = new Rational(size, BigInteger.One) / new Rational(number.Denominator, BigInteger.One) * Rational.PowerOfTen(-guess);
        return Rational.Compare(rest, Rational.One) < 0 ? guess - 1 : Rational.Compare(rest, Rational.Of(10)) >= 0 ? guess + 1 : guess;
    }

    private static BigInteger Round(Rational number, int places)
    {
        var numerator = places >= 0 ? number.Numerator * BigInteger.Pow(10, places) : number.Numerator;
        var denominator = places >= 0 ? number.Denominator : number.Denominator * BigInteger.Pow(10, -places);
        return Quotient(numerator, denominator);
    }

    private static BigInteger Quotient(BigInteger numerator, BigInteger denominator)
    {
        var whole = BigInteger.DivRem(numerator, denominator, out var remainder);
        var twice = (BigInteger.Abs(remainder) * 2).CompareTo(denominator);
        return twice > 0 || (twice == 0 && !whole.IsEven) ? whole + numerator.Sign : whole;
    }

    private static decimal Decimal(BigInteger whole, int places)
    {
        var size = BigInteger.Abs(whole);
        return new decimal((int)(uint)(size & uint.MaxValue), (int)(uint)((size >> 32) & uint.MaxValue), (int)(uint)(size >> 64), whole.Sign < 0, (byte)places);
    }
}
