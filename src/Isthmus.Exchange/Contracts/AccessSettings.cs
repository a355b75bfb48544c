using System.Net;

namespace Isthmus.Exchange.Contracts;

/// <summary>How third parties are let in: the section <c>access</c> of <c>isthmus.yaml</c>.</summary>
public sealed record AccessSettings
{
    /// <summary>A token can be refused by its age only this late, so none lives longer.</summary>
    public static readonly TimeSpan LongestLifetime = TimeSpan.FromMinutes(15);

    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromMinutes(5);

    public static readonly TimeSpan LargestSkew = TimeSpan.FromSeconds(60);

    public static readonly TimeSpan DefaultSkew = TimeSpan.FromSeconds(30);

    /// <summary>The authorization server's name and address, without a slash at its end: what `iss` says, compared by ordinal.</summary>
    public required string Issuer { get; init; }

    /// <summary>What `aud` of its access tokens says: the API they are for.</summary>
    public required string Audience { get; init; }

    public TimeSpan TokenLifetime { get; init; } = DefaultLifetime;

    /// <summary>How far another machine's clock may differ from ours.</summary>
    public TimeSpan ClockSkew { get; init; } = DefaultSkew;

    public IReadOnlyList<TrustedIssuer> TrustedIssuers { get; init; } = [];

    /// <summary>Whose word is taken on where a request came from.</summary>
    public IReadOnlyList<IPNetwork> Proxies { get; init; } = [];

    /// <summary>From when on conduct at the door is unusual.</summary>
    public ConductLimits Alerts { get; init; } = new();

    /// <summary>Where clients come to that prove themselves by a certificate; null when that is the issuer's address, or nowhere.</summary>
    public string? CertificateAddress { get; init; }

    /// <summary>The address of one of its endpoints, e.g. <c>/oauth2/token</c>.</summary>
    public string Endpoint(string path) => Issuer + path;
}

/// <summary>An authorization server of somebody else whose access tokens are accepted.</summary>
/// <param name="Issuer">What `iss` of its tokens says.</param>
/// <param name="KeySetUrl">Where its public keys are.</param>
/// <param name="Audience">What `aud` of its tokens must say, alone.</param>
/// <param name="Algorithms">Names of the algorithms it may sign by.</param>
public sealed record TrustedIssuer(string Issuer, Uri KeySetUrl, string Audience, IReadOnlyList<string> Algorithms);
