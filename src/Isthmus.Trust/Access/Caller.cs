using Isthmus.Exchange.Contracts;

namespace Isthmus.Trust.Access;

/// <summary>Who a request comes from, once its token was believed: all that a handler is told of it.</summary>
public sealed record Caller
{
    /// <summary>The client's id.</summary>
    public required string Client { get; init; }

    public required short Tenant { get; init; }

    /// <summary>The contract of kind <c>api</c> under which it calls.</summary>
    public required string Integration { get; init; }

    public required SiteEnvironment Environment { get; init; }

    /// <summary>What the token grants, and so never more than the client may hold.</summary>
    public required ScopeSet Scopes { get; init; }

    /// <summary>A hash of the token's jti: what the log of issued tokens and the list of revoked ones know it by.</summary>
    public required Guid Token { get; init; }

    /// <summary>Whose token it is: ours, or an issuer's whom the site trusts.</summary>
    public required string Issuer { get; init; }

    public required DateTimeOffset Expires { get; init; }

    public required TrafficClass Traffic { get; init; }

    /// <summary>The key or certificate that the token is bound to; null for a bearer's.</summary>
    public Confirmation? Confirmation { get; init; }
}

/// <summary>What a token is bound to.</summary>
/// <param name="Thumbprint">SHA-256 in base64url: of the certificate (RFC 8705 <c>x5t#S256</c>) or of the key (RFC 9449 <c>jkt</c>).</param>
public sealed record Confirmation(ConfirmationKind Kind, string Thumbprint);

public enum ConfirmationKind
{
    Certificate,
    ProvenKey,
}
