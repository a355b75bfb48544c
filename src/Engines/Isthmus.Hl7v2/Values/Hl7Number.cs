using System.Globalization;

namespace Isthmus.Hl7v2;

/// <summary>
/// The NM type (HL7 v2.5.1 §2.A.47): an optional sign, digits, at most one point. The digits are kept exactly,
/// trailing zeros included, because they are the precision of a measurement. <c>&lt;5</c>, <c>13,5</c> and
/// <c>1e3</c> are no numbers.
/// </summary>
public readonly struct Hl7Number
{
    /// <summary>What a decimal holds without rounding.</summary>
    public const int LargestDigits = 28;

    /// <summary>Every number of so many digits fits a word of 64 bits.</summary>
    private const int DigitsOfWord = 19;

    private Hl7Number(decimal value) => Value = value;

    /// <summary>Scale as written: 4.10 stays 4.10.</summary>
    public decimal Value { get; }

    /// <param name="text">Unescaped; spaces around it are ignored.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, out Hl7Number number)
    {
        number = default;
        text = text.Trim((byte)' ');
        var unsigned = text is [(byte)'+' or (byte)'-', ..] ? text[1..] : text;
        int digits = 0, points = 0, scale = 0;
        var mantissa = 0UL;
        foreach (var character in unsigned)
        {
            if (character is >= (byte)'0' and <= (byte)'9')
            {
                digits++;
                scale += points;
                mantissa = (mantissa * 10) + character - '0';
            }
            else if (character == '.')
            {
                points++;
            }
            else
            {
                return false;
            }
        }

        if (digits is > 0 and <= DigitsOfWord && points <= 1 && mantissa > 0)
        {
            number = new(new decimal((int)mantissa, (int)(mantissa >> 32), 0, text[0] == '-', (byte)scale));
            return true;
        }

        // Zero, whose scale is the platform's affair, what is longer than a word, and what is no number.
        if (digits is 0 or > LargestDigits || points > 1
            || !decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        number = new(value);
        return true;
    }

    /// <summary>The number as FHIR and JSON write a decimal: no plus sign, no leading zeros, a digit before the point.</summary>
    public string ToFhirDecimal() => Value.ToString(CultureInfo.InvariantCulture);

    public override string ToString() => nameof(Hl7Number);
}
