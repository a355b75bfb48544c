using System.Globalization;

namespace Isthmus.Simulators.Lab;

/// <summary>The mod 10 check digit (ISO/IEC 7812) that record numbers and NPIs carry.</summary>
internal static class CheckDigits
{
    public static int Luhn(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)] - '0';
            var weighted = i % 2 == 0 ? digit * 2 : digit;
            sum += weighted > 9 ? weighted - 9 : weighted;
        }

        return (10 - (sum % 10)) % 10;
    }

    /// <summary>A National Provider Identifier: ten digits, checked with the prefix 80840 (45 CFR 162.406).</summary>
    public static string Npi(int number)
    {
        var digits = (100_000_000 + number).ToString(CultureInfo.InvariantCulture);
        return digits + Luhn("80840" + digits).ToString(CultureInfo.InvariantCulture);
    }
}
