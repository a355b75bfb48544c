namespace Isthmus.Exchange.Contracts;

/// <summary>Where a destination is and how the connector reaches it. What it may get is in the contracts.</summary>
public sealed record DestinationSettings
{
    public required string Name { get; init; }

    public required ConnectorKind Kind { get; init; }

    public required Uri BaseUrl { get; init; }

    /// <summary>Whether the destination lies outside the organisation.</summary>
    public required Exposure Exposure { get; init; }

    public required DestinationAuthentication Authentication { get; init; }

    /// <summary>OAuth token endpoint; set for the OAuth methods.</summary>
    public required Uri? TokenUrl { get; init; }

    public required string? ClientId { get; init; }

    /// <summary>Name of the key file: private key for <c>private-key-jwt</c>, secret for the others.</summary>
    public required string? Key { get; init; }

    /// <summary>One request, answer included.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Requests in flight at most.</summary>
    public required int Concurrency { get; init; }
}

public enum ConnectorKind
{
    FhirRest,
    Webhook,
}

public enum Exposure
{
    Internal,
    External,
}

public enum DestinationAuthentication
{
    /// <summary>OAuth client credentials with a signed assertion (RFC 7523, SMART Backend Services).</summary>
    PrivateKeyJwt,

    /// <summary>OAuth client credentials with a secret.</summary>
    ClientSecret,

    /// <summary>Every request signed by HMAC-SHA256.</summary>
    HmacSignature,
}
