using System.Security.Cryptography.X509Certificates;
using Isthmus.Exchange;
using Isthmus.Trust.Access;

namespace Isthmus.Inbound.Admission;

/// <summary>An access token as a request presents it.</summary>
/// <param name="IsDpop">Under the scheme <c>DPoP</c>, not <c>Bearer</c>.</param>
/// <param name="Proof">The DPoP field (RFC 9449).</param>
/// <param name="Method">For the proof's <c>htm</c>.</param>
/// <param name="Target">For its <c>htu</c>: scheme, host and path, without query.</param>
/// <param name="Certificate">The client's, of the handshake.</param>
public sealed record PresentedToken(string Token, bool IsDpop, string? Proof, string Method, string Target, X509Certificate2? Certificate)
{
    public override string ToString() => $"[token, {Token.Length} characters]";
}

/// <param name="Caller">Null when the token is not believed.</param>
/// <param name="Refusal">Why not.</param>
public readonly record struct TokenVerdict(Caller? Caller, Refusal? Refusal);

/// <summary>
/// Decides whether a token is believed: known key, signature, issuer, audience, time, binding, revocation, and the client it was issued to.
/// What was believed once may be remembered by its hash until it expires or is taken back.
/// </summary>
public delegate ValueTask<TokenVerdict> TokenGate(PresentedToken token, CancellationToken cancellation);
