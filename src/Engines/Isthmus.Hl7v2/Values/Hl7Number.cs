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

    private Hl7Number(decimal value) => Value = value;

    /// <summary>Scale as written: 4.10 stays 4.10.</summary>
    public decimal Value { get; }

    /// <param name="text">Unescaped; spaces around it are ignored.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, out Hl7Number number)
    {
        number = default;
        text = text.Trim((byte)' ');
        var unsigned = text is [(byte)'+' or (byte)'-', ..] ? text[1..] : text;
        int digits = 0, points = 0;
        foreach (var character in unsigned)
        {
            if (character is >= (byte)'0' and <= (byte)'9')
            {
                digits++;
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
