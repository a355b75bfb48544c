using Isthmus.Exchange.Contracts;
using Isthmus.Trust.Access;
using Isthmus.Trust.Tokens.Jose;

namespace Isthmus.Trust.Clients;

/// <summary>Where a registration stands. It goes forward only.</summary>
public enum ClientState
{
    /// <summary>Registered, and nothing more: another person has to look at it.</summary>
    Pending,
    Approved,
    Revoked,
}

/// <summary>A machine that may come to the door: for one integration, in one environment, until a day, with one way to prove itself.</summary>
public sealed record Client
{
    public required string Id { get; init; }

    public required short Tenant { get; init; }

    public required string Name { get; init; }

    /// <summary>The contract of kind <c>api</c> that it is registered for.</summary>
    public required string Integration { get; init; }

    public required SiteEnvironment Environment { get; init; }

    public required string Purpose { get; init; }

    /// <summary>Who answers for it.</summary>
    public required string Owner { get; init; }

    public required ClientState State { get; init; }

    public required DateTimeOffset Expires { get; init; }

    /// <summary>The most it may ask for.</summary>
    public required ScopeSet Scopes { get; init; }

    public required TrafficClass Traffic { get; init; }

    public required ClientCredential Credential { get; init; }

    /// <summary>Whether its tokens must be bound to a key that it proves with every request (RFC 9449).</summary>
    public required bool RequiresDpop { get; init; }

    public required DateTimeOffset RegisteredAt { get; init; }

    public required string RegisteredBy { get; init; }

    public string? ApprovedBy { get; init; }

    public string? RevokedBy { get; init; }

    /// <summary>Whether it may get a token and use one.</summary>
    public bool IsActive(DateTimeOffset now) => State == ClientState.Approved && now < Expires;
}

/// <summary>How a client proves itself; exactly one way.</summary>
public sealed record ClientCredential
{
    /// <summary>The keys it signs assertions with, as they were registered.</summary>
    public KeySet? Keys { get; init; }

    /// <summary>Where they are, when they are not here.</summary>
    public Uri? KeysUrl { get; init; }

    /// <summary>What it may sign by.</summary>
    public IReadOnlyList<SignatureAlgorithm> Algorithms { get; init; } = [];

    /// <summary>SHA-256 of its certificate, in base64url (RFC 8705 section 2.2, self-signed).</summary>
    public string? Certificate { get; init; }

    /// <summary>The subject of its certificate, which an authority has vouched for (RFC 8705 section 2.1).</summary>
    public string? Subject { get; init; }

    /// <summary>Whether it proves itself in the handshake, and not by an assertion.</summary>
    public bool IsByCertificate => Certificate is not null || Subject is not null;
}
