using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Isthmus.Exchange.Contracts;
using Isthmus.Trust.Tokens.Jose;

namespace Isthmus.Trust.Tokens;

/// <summary>
/// A proof that whoever sends a request has the key that it brings along (RFC 9449 section 4.3). It is good for one request: its method,
/// its address, its token, now, and once; the last is asked by whoever uses it, by <see cref="Use"/>.
/// </summary>
/// <param name="Thumbprint">Of the key (RFC 7638).</param>
/// <param name="Use">What is to be used up.</param>
public sealed record DpopProof(string Thumbprint, OneUse Use)
{
    /// <summary>Proofs are made for the request at hand; an older one was kept by somebody.</summary>
    internal static readonly TimeSpan Oldest = TimeSpan.FromSeconds(60);

    private const int LongestId = 256;

    /// <param name="url">The request's address without query and fragment.</param>
    /// <param name="token">The access token that comes with it; null at the token endpoint.</param>
    /// <returns>Null when it proves nothing.</returns>
    public static DpopProof? Read(string text, string method, string url, string? token, AccessSettings settings, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (!CompactJws.TryRead(Encoding.UTF8.GetBytes(text), out var jws, out _)
            || jws.Header is not { Type: "dpop+jwt", BroughtKey.IsEmpty: false, NamesCertificate: false, KeySetUrl: null }
            || !JsonWebKeyReader.TryRead(jws.Header.BroughtKey.Span, out var key, out _)
            || TokenClaims.Read(jws.Payload.Span) is not { IssuedAt: { } made } claims
            || claims.Id.Length is 0 or > LongestId
            || claims.Method != method
            || !IsAddressOf(claims.Url, url)
            || (token is not null && claims.TokenHash != HashOf(token)))
        {
            return null;
        }

        var seconds = now.ToUnixTimeSeconds();
        var skew = (long)settings.ClockSkew.TotalSeconds;
        if (made > seconds + skew || made < seconds - skew - (long)Oldest.TotalSeconds || !jws.IsSignedBy(key))
        {
            return null;
        }

        return new DpopProof(
            key.Thumbprint,
            new OneUse(OnceOnly.Proof(key.Thumbprint, claims.Id), DateTimeOffset.FromUnixTimeSeconds(made) + Oldest + (2 * settings.ClockSkew) + TimeSpan.FromSeconds(1)));
    }

    /// <summary>What <c>ath</c> says of a token.</summary>
    internal static string HashOf(string token) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(token)));

    /// <summary>Section 4.3, step 9: compared after normalising scheme, host and port; query and fragment do not count.</summary>
    private static bool IsAddressOf(string claimed, string url) =>
        Uri.TryCreate(claimed, UriKind.Absolute, out var theirs) && Uri.TryCreate(url, UriKind.Absolute, out var ours) && theirs.UserInfo.Length == 0
        && theirs.GetLeftPart(UriPartial.Path) == ours.GetLeftPart(UriPartial.Path);
}
