using System.Globalization;
using System.Numerics;

namespace Isthmus.Fhir.Units;

/// <summary>An exact number: a fraction in lowest terms with a positive denominator. The default value is not a number; use <see cref="Zero"/>.</summary>
internal readonly struct Rational : IEquatable<Rational>
{
    public Rational(BigInteger numerator, BigInteger denominator)
    {
        var divisor = BigInteger.GreatestCommonDivisor(numerator, denominator);
        divisor = denominator.Sign < 0 ? -divisor : divisor;
        Numerator = divisor.IsOne ? numerator : numerator / divisor;
        Denominator = divisor.IsOne ? denominator : denominator / divisor;
    }

    private Rational(BigInteger whole)
    {
        Numerator = whole;
        Denominator = BigInteger.One;
    }

    public static Rational Zero { get; } = new(BigInteger.Zero);

    public static Rational One { get; } = new(BigInteger.One);

    public BigInteger Numerator { get; }

    public BigInteger Denominator { get; }

    /// <summary>The longer of the two parts, in bits: what arithmetic with this number costs.</summary>
    public long Bits => Math.Max(Numerator.GetBitLength(), Denominator.GetBitLength());

    /// <summary>Whether the number and its inverse both have a finite decimal expansion: only twos and fives in both parts.</summary>
    public bool IsDecimal => OnlyTwosAndFives(BigInteger.Abs(Numerator)) && OnlyTwosAndFives(Denominator);

    public static Rational Of(long whole) => new(whole);

    public static Rational Of(decimal value)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        var mantissa = ((BigInteger)(uint)parts[2] << 64) | ((BigInteger)(uint)parts[1] << 32) | (uint)parts[0];
        return new Rational(parts[3] < 0 ? -mantissa : mantissa, BigInteger.Pow(10, (parts[3] >> 16) & 0xFF));
    }

    /// <summary>Digits with an optional decimal point and exponent, of any length: <c>6.0221367</c>, <c>1e-24</c>.</summary>
    public static Rational Parse(string text)
    {
        var e = text.IndexOf('e', StringComparison.Ordinal);
        var exponent = e < 0 ? 0 : int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var digits = e < 0 ? text : text[..e];
        var point = digits.IndexOf('.', StringComparison.Ordinal);
        exponent -= point < 0 ? 0 : digits.Length - point - 1;
        return new Rational(BigInteger.Parse(point < 0 ? digits : digits.Remove(point, 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)) * PowerOfTen(exponent);
    }

    public static Rational PowerOfTen(int exponent) =>
        exponent >= 0 ? new(BigInteger.Pow(10, exponent)) : new(BigInteger.One, BigInteger.Pow(10, -exponent));

    public Rational Power(int exponent) => exponent >= 0
        ? new(BigInteger.Pow(Numerator, exponent), BigInteger.Pow(Denominator, exponent))
        : new(BigInteger.Pow(Denominator, -exponent), BigInteger.Pow(Numerator, -exponent));

    public static Rational operator +(Rational left, Rational right) =>
        new((left.Numerator * right.Denominator) + (right.Numerator * left.Denominator), left.Denominator * right.Denominator);

    public static Rational operator -(Rational left, Rational right) =>
        new((left.Numerator * right.Denominator) - (right.Numerator * left.Denominator), left.Denominator * right.Denominator);

    public static Rational operator *(Rational left, Rational right) =>
        new(left.Numerator * right.Numerator, left.Denominator * right.Denominator);

    public static Rational operator /(Rational left, Rational right) =>
        new(left.Numerator * right.Denominator, left.Denominator * right.Numerator);

    public static int Compare(Rational left, Rational right) => (left.Numerator * right.Denominator).CompareTo(right.Numerator * left.Denominator);

    public bool Equals(Rational other) => Numerator == other.Numerator && Denominator == other.Denominator;

    public override bool Equals(object? obj) => obj is Rational other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Numerator, Denominator);

    private static bool OnlyTwosAndFives(BigInteger number)
    {
        if (number.IsZero)
        {
            return false;
        }

        number >>= (int)BigInteger.TrailingZeroCount(number);
        while (number > BigInteger.One)
        {
            number = BigInteger.DivRem(number, 5, out var remainder);
            if (!remainder.IsZero)
            {
                return false;
            }
        }

        return true;
    }
}
