using System.Text;

namespace Isthmus.Trust.Tokens;

/// <summary>
/// The body of a request to an OAuth endpoint (RFC 6749 appendix B). Parameters stand once (section 3.2); one without a value is as
/// good as not sent.
/// </summary>
public sealed class FormFields
{
    public const int MostBytes = 32 * 1024;

    internal const int MostFields = 32;

    private readonly Dictionary<string, string> fields;

    private FormFields(Dictionary<string, string> fields) => this.fields = fields;

    public string? this[string name] => fields.GetValueOrDefault(name);

    /// <summary>Null when it is no form, or says something twice.</summary>
    public static FormFields? Read(ReadOnlySpan<byte> body)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        if (body.Length > MostBytes)
        {
            return null;
        }

        var room = new byte[body.Length];
        while (!body.IsEmpty)
        {
            var end = body.IndexOf((byte)'&');
            var pair = end < 0 ? body : body[..end];
            body = end < 0 ? default : body[(end + 1)..];
            var equals = pair.IndexOf((byte)'=');
            if (equals <= 0
                || Decode(pair[..equals], room) is not { } name
                || Decode(pair[(equals + 1)..], room) is not { } value
                || fields.Count == MostFields
                || !fields.TryAdd(name, value))
            {
                return null;
            }
        }

        foreach (var empty in fields.Where(f => f.Value.Length == 0).Select(f => f.Key).ToList())
        {
            fields.Remove(empty);
        }

        return new FormFields(fields);
    }

    private static string? Decode(ReadOnlySpan<byte> text, Span<byte> room)
    {
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var letter = text[i];
            if (letter == (byte)'%')
            {
                if (i + 2 >= text.Length || !char.IsAsciiHexDigit((char)text[i + 1]) || !char.IsAsciiHexDigit((char)text[i + 2]))
                {
                    return null;
                }

                letter = Convert.ToByte(Encoding.ASCII.GetString(text.Slice(i + 1, 2)), 16);
                i += 2;
            }
            else if (letter is <= (byte)' ' or >= 0x7F)
            {
                return null;
            }

            room[length++] = text[i] == (byte)'+' ? (byte)' ' : letter;
        }

        var decoded = room[..length];
        return System.Text.Unicode.Utf8.IsValid(decoded) && !decoded.Contains((byte)0) ? Encoding.UTF8.GetString(decoded) : null;
    }
}
