namespace Isthmus.Fhir.Json;

/// <summary>The grammar of a JSON number (RFC 8259 section 6).</summary>
public static class JsonNumber
{
    /// <summary>How many bytes at the front are one whole number; 0 if none is. What follows must not continue it.</summary>
    public static int LengthOf(ReadOnlySpan<byte> text)
    {
        var at = text.StartsWith("-"u8) ? 1 : 0;
        var whole = Digits(text[at..]);
        if (whole == 0 || (whole > 1 && text[at] == '0'))
        {
            return 0;
        }

        at += whole;
        if (at < text.Length && text[at] == '.')
        {
            var fraction = Digits(text[(at + 1)..]);
            if (fraction == 0)
            {
                return 0;
            }

            at += 1 + fraction;
        }

        if (at < text.Length && (text[at] | 0x20) == 'e')
        {
            var sign = text[(at + 1)..].StartsWith("+"u8) || text[(at + 1)..].StartsWith("-"u8) ? 1 : 0;
            var exponent = Digits(text[(at + 1 + sign)..]);
            if (exponent == 0)
            {
                return 0;
            }

            at += 1 + sign + exponent;
        }

        return at;
    }

    private static int Digits(ReadOnlySpan<byte> text)
    {
        var other = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return other < 0 ? text.Length : other;
    }
}
