using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Trust.Access;
using Isthmus.Trust.Clients;
using Isthmus.Trust.Tokens.Jose;

namespace Isthmus.Trust.Tokens;

/// <summary>
/// Reads a request for registration (RFC 7591 section 2). The integration it is for is its <c>software_id</c>; purpose and owner are
/// members of ours. Members that mean nothing here are passed over, as the standard says; what comes of it waits for approval.
/// </summary>
public static class Registration
{
    public const int MostBytes = KeySet.MostBytes + (8 * 1024);

    /// <summary>How long a client that did not say otherwise is registered for.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);

    private const int Depth = 10;

    private static readonly string[] Names =
    [
        "client_name", "software_id", "scope", "jwks", "jwks_uri", "token_endpoint_auth_method", "token_endpoint_auth_signing_alg",
        "tls_client_auth_subject_dn", "dpop_bound_access_tokens", "grant_types", "purpose", "owner",
    ];

    public static readonly Refusal Unreadable = Of(
        "client.registration-unreadable", "The registration is not one JSON object in which every name stands once, with the types of RFC 7591.");

    public static readonly Refusal IntegrationUnknown = Of(
        "client.integration-unknown", "software_id must name an integration of kind api of this site.");

    public static readonly Refusal MethodUnsupported = Of(
        "client.method-unsupported", "token_endpoint_auth_method must be private_key_jwt or tls_client_auth.");

    /// <returns>The draft and the integration it is for, or the refusal.</returns>
    public static (ClientDraft? Draft, ApiContract? Contract, Refusal? Refusal) Read(ReadOnlySpan<byte> json, SiteModel site, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(site);
        string name = string.Empty, integration = string.Empty, scope = string.Empty, purpose = string.Empty, owner = string.Empty;
        string method = "private_key_jwt";
        string? url = null, algorithm = null, subject = null;
        byte[]? keys = null;
        var dpop = false;
        var walk = new StrictObject(json, Depth, Names);
        while (walk.Next(out var member))
        {
            switch (member)
            {
                case "client_name": name = walk.Text(); break;
                case "software_id": integration = walk.Text(); break;
                case "scope": scope = walk.Text(); break;
                case "purpose": purpose = walk.Text(); break;
                case "owner": owner = walk.Text(); break;
                case "jwks": keys = walk.Raw().ToArray(); break;
                case "jwks_uri": url = walk.Text(); break;
                case "token_endpoint_auth_method": method = walk.Text(); break;
                case "token_endpoint_auth_signing_alg": algorithm = walk.Text(); break;
                case "tls_client_auth_subject_dn": subject = walk.Text(); break;
                case "dpop_bound_access_tokens": dpop = walk.Flag(); break;
                default: break;
            }
        }

        if (walk.IsFaulty)
        {
            return (null, null, Unreadable);
        }

        var contract = site.ApiContracts.FirstOrDefault(c => c.Name == integration);
        var refusal = contract is null ? IntegrationUnknown
            : method is not ("private_key_jwt" or "tls_client_auth") || (method == "tls_client_auth") != (subject is not null) ? MethodUnsupported
            : ScopeSet.TryParse(scope, out _);
        if (refusal is not null || CredentialOf(keys, url, subject, algorithm, out refusal) is not { } credential)
        {
            return (null, null, refusal);
        }

        ScopeSet.TryParse(scope, out var scopes);
        var draft = new ClientDraft
        {
            Tenant = site.Tenant.Id,
            Name = name,
            Environment = site.Environment,
            Purpose = purpose,
            Owner = owner,
            Expires = now + Lifetime,
            Scopes = scopes,
            Credential = credential,
            RequiresDpop = dpop,
        };
        return (draft, contract, null);
    }

    private static ClientCredential? CredentialOf(byte[]? keys, string? url, string? subject, string? algorithm, out Refusal? refusal)
    {
        KeySet? set = null;
        Uri? address = null;
        refusal = keys is not null && !KeySet.TryRead(keys, out set, out var faulty) ? faulty
            : url is not null && !Uri.TryCreate(url, UriKind.Absolute, out address) ? ClientRules.KeysUrlUnsafe
            : null;
        var isNamed = SignatureAlgorithms.TryParse(algorithm, out var named);
        refusal ??= algorithm is not null && !isNamed ? ClientRules.AlgorithmUnfit : null;
        return refusal is not null ? null : new ClientCredential
        {
            Keys = set,
            KeysUrl = address,
            Subject = subject,
            Algorithms = isNamed ? [named] : [],
        };
    }

    private static Refusal Of(string id, string sentence) => new(id, sentence, FailureDomain.Client);
}
