using System.Buffers;
using System.Text;

namespace Isthmus.Fhir.Elements;

/// <summary>JSON string escapes (RFC 8259 section 7), both ways, over UTF-8.</summary>
internal static class JsonText
{
    /// <summary>What cannot stand in a JSON string as it is.</summary>
    public static readonly SearchValues<byte> MustEscape = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, (byte)'"', (byte)'\\']);

    /// <summary>Resolves the escapes of a string that the reader has already found to be well formed.</summary>
    public static byte[] Unescape(ReadOnlySpan<byte> text)
    {
        var plain = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                plain[length++] = text[i];
                continue;
            }

            switch (text[++i])
            {
                case (byte)'b': plain[length++] = (byte)'\b'; break;
                case (byte)'f': plain[length++] = (byte)'\f'; break;
                case (byte)'n': plain[length++] = (byte)'\n'; break;
                case (byte)'r': plain[length++] = (byte)'\r'; break;
                case (byte)'t': plain[length++] = (byte)'\t'; break;
                case (byte)'u':
                    var unit = Hex4(text[(i + 1)..]);
                    i += 4;
                    if (char.IsHighSurrogate((char)unit))
                    {
                        var rune = new Rune((char)unit, (char)Hex4(text[(i + 3)..]));
                        i += 6;
                        length += rune.EncodeToUtf8(plain.AsSpan(length));
                    }
                    else
                    {
                        length += new Rune((char)unit).EncodeToUtf8(plain.AsSpan(length));
                    }

                    break;
                default: plain[length++] = text[i]; break;
            }
        }

        return plain[..length];
    }

    /// <summary>Four hexadecimal digits as a number, or -1.</summary>
    public static int Hex4(ReadOnlySpan<byte> digits)
    {
        if (digits.Length < 4)
        {
            return -1;
        }

        var value = 0;
        for (var i = 0; i < 4; i++)
        {
            var digit = (char)digits[i];
            if (!char.IsAsciiHexDigit(digit))
            {
                return -1;
            }

            value = (value << 4) | (char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }

        return value;
    }
}
