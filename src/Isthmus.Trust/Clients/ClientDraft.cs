using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Trust.Access;
using Isthmus.Trust.Tokens.Jose;

namespace Isthmus.Trust.Clients;

/// <summary>A client as somebody proposes it.</summary>
public sealed record ClientDraft
{
    private static readonly TimeSpan ShortestLife = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(2 * 366);

    public required short Tenant { get; init; }

    public required string Name { get; init; }

    public required SiteEnvironment Environment { get; init; }

    public required string Purpose { get; init; }

    public required string Owner { get; init; }

    public required DateTimeOffset Expires { get; init; }

    public required ScopeSet Scopes { get; init; }

    public TrafficClass? Traffic { get; init; }

    /// <summary>Without algorithms it gets those of SMART, RS384 and ES384, as far as its keys fit them.</summary>
    public required ClientCredential Credential { get; init; }

    public bool RequiresDpop { get; init; }

    /// <summary>Why it is not registered; null when it may be.</summary>
    public Refusal? Refuse(ApiContract contract, AccessPolicy? policy, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(contract);
        if (!IsLine(Name, 200) || !IsLine(Owner, 200) || !IsLine(Purpose, 500))
        {
            return ClientRules.FieldUnfit;
        }

        if (Expires - now < ShortestLife || Expires - now > LongestLife)
        {
            return ClientRules.ExpiryUnfit;
        }

        return RefuseScopes(contract, policy) ?? RefuseCredential();
    }

    /// <summary>The algorithms it will be registered with.</summary>
    internal IReadOnlyList<SignatureAlgorithm> Algorithms()
    {
        var asked = Credential.Algorithms is { Count: > 0 } named ? named : [SignatureAlgorithm.RS384, SignatureAlgorithm.ES384];
        return Credential.IsByCertificate ? []
            : Credential.Keys is { } keys ? [.. asked.Where(a => keys.Keys.Any(k => k.Fits(a))).Distinct()]
            : [.. asked.Distinct()];
    }

    private Refusal? RefuseScopes(ApiContract contract, AccessPolicy? policy)
    {
        if (policy is null)
        {
            return ScopeRules.PolicyMissing;
        }

        if (Scopes.IsEmpty)
        {
            return ScopeRules.Missing;
        }

        return ScopeSet.TryParse(string.Join(' ', contract.Scopes), out var most) is not null || !most.Covers(Scopes)
            ? ClientRules.BeyondContract
            : policy.RefuseBeyond(contract.Class, Scopes);
    }

    private Refusal? RefuseCredential()
    {
        var ways = (Credential.Keys is not null ? 1 : 0) + (Credential.KeysUrl is not null ? 1 : 0) + (Credential.IsByCertificate ? 1 : 0);
        if (ways != 1)
        {
            return ClientRules.CredentialMissing;
        }

        if (Credential.KeysUrl is { } url && !IsSafe(url))
        {
            return ClientRules.KeysUrlUnsafe;
        }

        return !Credential.IsByCertificate && Algorithms().Count == 0 ? ClientRules.AlgorithmUnfit : null;
    }

    private bool IsSafe(Uri url) =>
        url is { IsAbsoluteUri: true, UserInfo: "", Fragment: "" } && url.OriginalString.Length <= 2048
        && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback && Environment != SiteEnvironment.Production));

    private static bool IsLine(string text, int most) => text.Length > 0 && text.Length <= most && !text.Any(char.IsControl);
}
