using Isthmus.Exchange;

namespace Isthmus.Trust.Access.Idempotency;

/// <summary>
/// The Idempotency-Key header (draft-ietf-httpapi-idempotency-key-header-07 §2.1): a string of structured fields (RFC 9651 §3.3.3),
/// <c>"8e03978e-40d5-43dd-bc93-6894a57f9324"</c>. Many clients leave the quotes out; the two mean the same.
/// </summary>
public static class IdempotencyKey
{
    /// <summary>A UUID is 36; what is much longer is content, not a key.</summary>
    public const int MostCharacters = 255;

    /// <param name="values">The header's field lines.</param>
    /// <returns>Null, or why it is no key.</returns>
    public static Refusal? Read(IReadOnlyList<string?> values, out string key)
    {
        key = string.Empty;
        if (values.Count == 0)
        {
            return IdempotencyRules.KeyMissing;
        }

        if (values.Count > 1 || values[0] is not { } text || text.Length > MostCharacters + 2)
        {
            return IdempotencyRules.KeyUnusable;
        }

        var bare = text.StartsWith('"') ? Unquote(text) : text;
        if (bare is null || bare.Length is 0 or > MostCharacters || !IsPrintable(bare))
        {
            return IdempotencyRules.KeyUnusable;
        }

        key = bare;
        return null;
    }

    /// <summary>RFC 9651 §4.2.5: within quotes, a backslash stands only before a quote or a backslash.</summary>
    private static string? Unquote(string text)
    {
        if (text.Length < 2 || !text.EndsWith('"'))
        {
            return null;
        }

        var plain = new System.Text.StringBuilder(text.Length);
        for (var i = 1; i < text.Length - 1; i++)
        {
            var c = text[i];
            if (c == '"' || (c == '\\' && (++i == text.Length - 1 || text[i] is not ('"' or '\\'))))
            {
                return null;
            }

            plain.Append(text[i]);
        }

        return plain.ToString();
    }

    private static bool IsPrintable(string text) => text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0 && text.Trim(' ').Length == text.Length;
}
