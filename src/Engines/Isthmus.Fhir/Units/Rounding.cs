using System.Numerics;

namespace Isthmus.Fhir.Units;

/// <summary>
/// From exact numbers to decimals. A number is rounded half to even to 28 significant digits (fewer where they would lie beyond
/// the 28th decimal place, which decimal does not have). Where the factor of a conversion has no finite decimal expansion
/// (5/9, say), a result within ten units of its 28th digit of a number of at most 20 digits is that number, so that
/// converting there and back returns to the start. Trailing zeros are dropped.
/// </summary>
internal static class Rounding
{
    private const int Digits = 28;

    /// <summary>A logarithmic or trigonometric scale is computed in binary floating point, which carries 15 digits; these are trusted.</summary>
    public const int DigitsOfFloating = 13;

    /// <summary>Division by one with all its places leaves a decimal without trailing zeros.</summary>
    private const decimal WithoutTrailingZeros = 1.0000000000000000000000000000m;

    private static readonly BigInteger Largest = new(decimal.MaxValue);
    private static readonly BigInteger Coarse = BigInteger.Pow(10, Digits - 20);

    /// <summary>False if the number is too large for a decimal.</summary>
    public static bool TryToDecimal(Rational number, bool returns, out decimal result)
    {
        result = 0;
        if (number.Numerator.IsZero)
        {
            return true;
        }

        var places = Places(number, Digits);
        if (places < -1)
        {
            return false;
        }

        var whole = Round(number, places);
        if (returns && places < Digits && IsNear(whole, out var tidy))
        {
            whole = tidy;
        }

        if (places < 0)
        {
            whole *= 10;
            places = 0;
        }

        if (BigInteger.Abs(whole) > Largest)
        {
            return false;
        }

        result = Decimal(whole, places) / WithoutTrailingZeros;
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

    private static int Places(Rational number, int digits) => Math.Min(digits, digits - 1 - Magnitude(number));

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

    private static bool IsNear(BigInteger whole, out BigInteger tidy)
    {
        tidy = Quotient(whole, Coarse) * Coarse;
        return BigInteger.Abs(whole - tidy) <= 10;
    }

    private static decimal Decimal(BigInteger whole, int places)
    {
        var size = BigInteger.Abs(whole);
        return new decimal((int)(uint)(size & uint.MaxValue), (int)(uint)((size >> 32) & uint.MaxValue), (int)(uint)(size >> 64), whole.Sign < 0, (byte)places);
    }
}
