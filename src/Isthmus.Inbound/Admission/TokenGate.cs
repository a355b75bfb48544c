using Isthmus.Trust.Tokens;

namespace Isthmus.Inbound.Admission;

/// <summary>
/// Decides whether a token is believed: known key, signature, issuer, audience, time, binding, revocation, and the client it was issued to.
/// What was believed once may be remembered by its hash until it expires or is taken back.
/// </summary>
public delegate ValueTask<TokenVerdict> TokenGate(PresentedToken token, CancellationToken cancellation);
