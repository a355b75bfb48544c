using System.Diagnostics.CodeAnalysis;
using Isthmus.Exchange;

namespace Isthmus.Trust.Tokens.Jose;

/// <summary>
/// A token in compact form (RFC 7515 section 3.1), taken apart and not yet believed: nothing of <see cref="Payload"/> is true before
/// <see cref="IsSignedBy"/> has said so.
/// </summary>
public sealed class CompactJws
{
    /// <summary>Assertions and access tokens have one to two thousand bytes.</summary>
    public const int MostBytes = 8 * 1024;

    private const int MostHeaderBytes = 4 * 1024;

    private readonly ReadOnlyMemory<byte> signed;
    private readonly byte[] signature;

    private CompactJws(JoseHeader header, byte[] payload, ReadOnlyMemory<byte> signed, byte[] signature)
    {
        Header = header;
        Payload = payload;
        this.signed = signed;
        this.signature = signature;
    }

    public JoseHeader Header { get; }

    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>Takes a token apart; costs no cryptography.</summary>
    /// <param name="text">Kept, not copied.</param>
    public static bool TryRead(ReadOnlyMemory<byte> text, [NotNullWhen(true)] out CompactJws? jws, [NotNullWhen(false)] out Refusal? refusal)
    {
        jws = null;
        if (text.Length > MostBytes)
        {
            refusal = JoseRules.TooLarge;
            return false;
        }

        var span = text.Span;
        var dot = span.IndexOf((byte)'.');
        var second = dot < 0 ? -1 : span[(dot + 1)..].IndexOf((byte)'.');
        refusal = JoseRules.NotCompact;
        if (second < 0)
        {
            return false;
        }

        // A further dot, as an encrypted token has, is no letter of the alphabet.
        var end = dot + 1 + second;
        if (dot is 0 or > MostHeaderBytes
            || StrictBase64Url.Decode(span[..dot]) is not { } head
            || StrictBase64Url.Decode(span[(dot + 1)..end]) is not { } payload
            || StrictBase64Url.Decode(span[(end + 1)..]) is not { Length: > 0 } signature)
        {
            return false;
        }

        if (!JoseHeader.TryRead(head, out var header, out refusal))
        {
            return false;
        }

        jws = new CompactJws(header, payload, text[..end], signature);
        return true;
    }

    /// <summary>Whether the key signed it, by the algorithm of the header, which must be one of the key's.</summary>
    public bool IsSignedBy(JsonWebKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.Verifier.Verify(Header.Algorithm, signed.Span, signature);
    }
}
