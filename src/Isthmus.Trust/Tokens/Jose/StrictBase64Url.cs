using System.Buffers;
using System.Buffers.Text;

namespace Isthmus.Trust.Tokens.Jose;

/// <summary>
/// Base64url as RFC 7515 section 2 has it: its own alphabet, no padding, no whitespace, no bits left over. A lenient reader would
/// give one token many spellings, and whatever remembers tokens by their text would be deceived.
/// </summary>
public static class StrictBase64Url
{
    private static readonly SearchValues<byte> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8);

    /// <summary>Null when it is not base64url.</summary>
    public static byte[]? Decode(ReadOnlySpan<byte> text)
    {
        if (text.Length % 4 == 1 || text.ContainsAnyExcept(Alphabet) || HasBitsLeftOver(text))
        {
            return null;
        }

        var content = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        var written = Base64Url.DecodeFromUtf8(text, content);
        return written == content.Length ? content : content[..written];
    }

    /// <summary>Null when it is not base64url.</summary>
    public static byte[]? Decode(string text) =>
        System.Text.Ascii.IsValid(text) ? Decode(System.Text.Encoding.ASCII.GetBytes(text)) : null;

    private static bool HasBitsLeftOver(ReadOnlySpan<byte> text) => (text.Length % 4) switch
    {
        2 => (ValueOf(text[^1]) & 0b1111) != 0,
        3 => (ValueOf(text[^1]) & 0b11) != 0,
        _ => false,
    };

    private static int ValueOf(byte letter) => letter switch
    {
        >= (byte)'A' and <= (byte)'Z' => letter - 'A',
        >= (byte)'a' and <= (byte)'z' => letter - 'a' + 26,
        >= (byte)'0' and <= (byte)'9' => letter - '0' + 52,
        (byte)'-' => 62,
        _ => 63,
    };
}
