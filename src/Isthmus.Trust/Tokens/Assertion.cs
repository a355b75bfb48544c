using System.Text;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Trust.Tokens.Jose;

namespace Isthmus.Trust.Tokens;

/// <summary>
/// An assertion by which a client says who it is (RFC 7523 section 3, SMART client-confidential-asymmetric), held to all that can be
/// seen by looking at it. Whether it is signed by a registered key is asked last, since that costs most.
/// </summary>
internal sealed record Assertion(CompactJws Jws, string Client, string Id, DateTimeOffset Expires)
{
    /// <summary>SMART: the authentication token's exp is no more than five minutes in the future.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>Longer than the clocks of nodes and database differ.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(1);

    internal const int LongestId = 256;

    /// <summary>What is used up, and remembered until nobody would take it any more for its age.</summary>
    public OneUse Once(AccessSettings settings) => new(OnceOnly.Assertion(Client, Id), Expires + settings.ClockSkew + Remembered);

    /// <param name="clientId">What the request said beside it; null when nothing.</param>
    /// <param name="tokenUrl">One of the two audiences; the issuer is the other.</param>
    /// <returns>The assertion; or why it is none, and whom it names nevertheless, where that can be read.</returns>
    public static (Assertion? Assertion, Refusal? Refusal, string? Names) Read(string text, string? clientId, string tokenUrl, AccessSettings settings, DateTimeOffset now)
    {
        if (!CompactJws.TryRead(Encoding.UTF8.GetBytes(text), out var jws, out var refusal))
        {
            return (null, refusal, null);
        }

        if (jws.Header is { NamesCertificate: true } or { BroughtKey.IsEmpty: false })
        {
            return (null, TokenRules.KeyBrought, null);
        }

        // An access token or a proof is signed as well, and is no assertion.
        if (jws.Header.Type is { } type && !type.Equals("JWT", StringComparison.OrdinalIgnoreCase) && type != "client-authentication+jwt")
        {
            return (null, TokenRules.TypeWrong, null);
        }

        if (TokenClaims.Read(jws.Payload.Span) is not { Expires: { } expires } claims || claims.Issuer.Length == 0)
        {
            return (null, TokenRules.ClaimsUnreadable, null);
        }

        refusal = RefuseWords(claims, clientId, tokenUrl, settings) ?? RefuseTimes(claims, expires, settings, now.ToUnixTimeSeconds());
        return refusal is null
            ? (new Assertion(jws, claims.Issuer, claims.Id, DateTimeOffset.FromUnixTimeSeconds(expires)), null, claims.Issuer)
            : (null, refusal, claims.Issuer);
    }

    private static Refusal? RefuseWords(TokenClaims claims, string? clientId, string tokenUrl, AccessSettings settings)
    {
        if (claims.Subject != claims.Issuer || (clientId is not null && clientId != claims.Issuer))
        {
            return TokenRules.SubjectDiffers;
        }

        if (claims.Audience is not { } audience || (audience != tokenUrl && audience != settings.Issuer))
        {
            return TokenRules.AudienceWrong;
        }

        return claims.Id.Length is 0 or > LongestId ? TokenRules.IdUnfit : null;
    }

    private static Refusal? RefuseTimes(TokenClaims claims, long expires, AccessSettings settings, long now)
    {
        var skew = (long)settings.ClockSkew.TotalSeconds;
        if (claims.IssuedAt > now + skew || claims.NotBefore > now + skew)
        {
            return TokenRules.FromTheFuture;
        }

        if (expires <= now - skew)
        {
            return TokenRules.AssertionExpired;
        }

        // Of a clock that goes before ours, five minutes from when it says it made the assertion.
        var made = Math.Max(now, claims.IssuedAt ?? now);
        return expires > made + (long)Longest.TotalSeconds ? TokenRules.LifetimeTooLong : null;
    }
}
