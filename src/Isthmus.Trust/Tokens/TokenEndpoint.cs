using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Store.Connections;
using Isthmus.Trust.Access;
using Isthmus.Trust.Access.State;
using Isthmus.Trust.Clients;
using Isthmus.Trust.Keys;

namespace Isthmus.Trust.Tokens;

/// <summary>A request to one of the authorization server's endpoints, without HTTP's types.</summary>
/// <param name="Form">Null when the body is none.</param>
/// <param name="Proof">The one DPoP header; null without one.</param>
/// <param name="From">Where it came from; null where that is not known.</param>
public sealed record TokenRequest(FormFields? Form, PresentedCertificate? Certificate, string? Proof, IPAddress? From = null);

/// <summary>What an endpoint answers.</summary>
/// <param name="Error">The code of RFC 6749 section 5.2, or of RFC 9449; null when it went well.</param>
/// <param name="Told">What the client is told.</param>
/// <param name="Cause">What is counted and logged: more than is told, where more would tell who is registered.</param>
public sealed record OAuthRefusal(int Status, string Error, Refusal Told, Refusal Cause);

/// <summary>A token on its way out.</summary>
public sealed record IssuedToken(string Token, string Type, int ExpiresIn, string Scope);

public sealed record TokenAnswer(IssuedToken? Token, OAuthRefusal? Refusal)
{
    internal Attempt By { get; init; }
}

/// <summary>
/// Gives access tokens (RFC 6749 section 4.4, SMART Backend Services). Steps: 1 the form; 2 who asks; 3 what for; 4 what it will be
/// bound to; 5 the assertion is used up and the token put on record, in one commit; 6 only then it is signed.
/// </summary>
internal sealed class TokenEndpoint(
    Func<SiteModel> site, AccessWatch watch, ClientAuthentication clients, SigningKeys keys, IssueLedger ledger, SingleUse proofs, TimeProvider time)
{
    public const string Path = "/oauth2/token";

    /// <summary>Read once for each contract of each site that was in force.</summary>
    private static readonly ConditionalWeakTable<ApiContract, ScopeSet> Ceilings = [];

    public async Task<TokenAnswer> AnswerAsync(TokenRequest request, CancellationToken cancellation)
    {
        var (model, state, now) = (site(), watch.Current, time.GetUtcNow());
        if (!watch.IsConfirmed)
        {
            return Unavailable(TokenRules.StateUnconfirmed);
        }

        // 1.
        if (request.Form is not { } form)
        {
            return Refused(400, "invalid_request", TokenRules.FormUnreadable);
        }

        if (form["grant_type"] != "client_credentials")
        {
            return form["grant_type"] is null ? Refused(400, "invalid_request", TokenRules.GrantUnsupported) : Refused(400, "unsupported_grant_type", TokenRules.GrantUnsupported);
        }

        // 2.
        var asking = await clients.RecogniseAsync(form, request.Certificate, model.Access!.Endpoint(Path), model, state, now, cancellation);
        var answer = asking.Client is { } client
            ? await GiveAsync(request, form, client, asking.Use, model, state, now, cancellation)
            : new TokenAnswer(null, NotAuthenticated(asking.Cause!));
        return answer with { By = asking.By };
    }

    private async Task<TokenAnswer> GiveAsync(
        TokenRequest request, FormFields form, Client client, Assertion? use, SiteModel model, AccessState state, DateTimeOffset now, CancellationToken cancellation)
    {
        // 3.
        var (scopes, scopeRefusal) = ScopesFor(client, form["scope"], model);
        if (scopeRefusal is not null)
        {
            return Refused(400, "invalid_scope", scopeRefusal);
        }

        // 4.
        var (bound, bindingRefusal) = Bind(client, request, model.Access!, now, out var proof);
        if (bindingRefusal is not null)
        {
            return bindingRefusal;
        }

        try
        {
            if (proof is not null && !await watch.WhileConfirmedAsync(proofs.UseAsync(proof.Use, cancellation)))
            {
                return Refused(400, "invalid_dpop_proof", TokenRules.DpopInvalid);
            }

            return await IssueAsync(client, use, scopes, bound, model, state, now, cancellation);
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            return Unavailable(TokenRules.StoreUnavailable);
        }
        catch (TimeoutException)
        {
            return Unavailable(TokenRules.StateUnconfirmed);
        }
        catch (Exception e) when (e is CryptographicException or KeyMissingException or NoSigningKeyException)
        {
            return Unavailable(TokenRules.KeyUnavailable);
        }
    }

    private async Task<TokenAnswer> IssueAsync(
        Client client, Assertion? use, ScopeSet scopes, Confirmation? bound, SiteModel model, AccessState state, DateTimeOffset now, CancellationToken cancellation)
    {
        var settings = model.Access!;
        var (id, scope, expires) = (TokenIssuer.NewId(), scopes.ToString(), now + settings.TokenLifetime);
        var (keyId, signer, header) = await keys.CurrentAsync(state, now, cancellation);
        var token = OnceOnly.Token(settings.Issuer, id);

        // 5. A certificate is used up by nothing: its request stands for itself.
        var once = use?.Once(settings) ?? new OneUse(token, now);
        var issue = new Issue(
            model.Tenant.Id, once.Id, once.Until,
            token, now, expires, client.Id, scope, keyId, Detail(client, scope));
        if (!await watch.WhileConfirmedAsync(ledger.RecordAsync(issue, cancellation)))
        {
            return new TokenAnswer(null, NotAuthenticated(TokenRules.Replayed));
        }

        // 6. Meanwhile the client may have been shut out, or the key withdrawn.
        if (!watch.IsConfirmed || watch.Current is var latest && (latest.ActiveClient(client.Id, time.GetUtcNow()) is null || latest.KeyOf(keyId) is not { Withdrawn: null }))
        {
            return Unavailable(TokenRules.StateUnconfirmed);
        }

        var written = TokenIssuer.Write(signer, header, settings, client, scope, id, bound, now, expires);
        return new TokenAnswer(
            new IssuedToken(written, bound is { Kind: ConfirmationKind.ProvenKey } ? "DPoP" : "bearer", (int)settings.TokenLifetime.TotalSeconds, scope), null);
    }

    /// <summary>What is asked for is given whole or not at all.</summary>
    private static (ScopeSet Scopes, Refusal? Refusal) ScopesFor(Client client, string? asked, SiteModel model)
    {
        if (asked is null)
        {
            return (ScopeSet.Empty, ScopeRules.Missing);
        }

        var refusal = ScopeSet.TryParse(asked, out var scopes) ?? client.Scopes.RefuseBeyond(scopes);

        // The contract may allow less today than when the client was approved.
        var contract = model.ApiContracts.FirstOrDefault(c => c.Name == client.Integration);
        refusal ??= contract is null || !Ceilings.GetValue(contract, CeilingOf).Covers(scopes) ? ScopeRules.OverBroad : null;
        return (scopes, refusal);
    }

    /// <summary>What cannot be read allows nothing.</summary>
    private static ScopeSet CeilingOf(ApiContract contract) =>
        ScopeSet.TryParse(string.Join(' ', contract.Scopes), out var most) is null ? most : ScopeSet.Empty;

    private static (Confirmation? Bound, TokenAnswer? Refusal) Bind(
        Client client, TokenRequest request, AccessSettings settings, DateTimeOffset now, out DpopProof? proof)
    {
        proof = null;
        if (request.Proof is { } text)
        {
            proof = DpopProof.Read(text, "POST", settings.Endpoint(Path), null, settings, now);
            return proof is null
                ? (null, Refused(400, "invalid_dpop_proof", TokenRules.DpopInvalid))
                : (new Confirmation(ConfirmationKind.ProvenKey, proof.Thumbprint), null);
        }

        if (client.RequiresDpop)
        {
            return (null, Refused(400, "invalid_dpop_proof", TokenRules.DpopRequired));
        }

        // RFC 8705 section 3: whoever comes with a certificate gets a token that is worth nothing without it.
        return (request.Certificate is { } certificate ? new Confirmation(ConfirmationKind.Certificate, certificate.Thumbprint) : null, null);
    }

    /// <summary>
    /// Only what the request itself shows is told; what the registration shows is not. Who proved nothing at all is not authenticated
    /// either (RFC 6749 section 5.2), and not by a header that 401 would ask for.
    /// </summary>
    internal static OAuthRefusal NotAuthenticated(Refusal cause) =>
        cause == TokenRules.AssertionMissing ? new OAuthRefusal(400, "invalid_client", cause, cause)
        : new OAuthRefusal(401, "invalid_client", IsSeenFromOutside(cause) ? cause : TokenRules.NotAuthenticated, cause);

    private static bool IsSeenFromOutside(Refusal cause) =>
        cause.Id.StartsWith("token.assertion-", StringComparison.Ordinal)
        || cause == TokenRules.SecretRefused
        || (cause.Id.StartsWith("jose.", StringComparison.Ordinal) && cause != Jose.JoseRules.SignatureWrong);

    private static string Detail(Client client, string scope) =>
        JsonSerializer.Serialize(new IssuedDetail(client.Id, scope), IssuedDetailJson.Default.IssuedDetail);

    private static TokenAnswer Refused(int status, string error, Refusal refusal) => new(null, new OAuthRefusal(status, error, refusal, refusal));

    private static TokenAnswer Unavailable(Refusal refusal) => Refused(503, "temporarily_unavailable", refusal);
}

/// <summary>What the ledger keeps of a token.</summary>
internal sealed record IssuedDetail(string Client, string Scope);

[System.Text.Json.Serialization.JsonSourceGenerationOptions(PropertyNamingPolicy = System.Text.Json.Serialization.JsonKnownNamingPolicy.CamelCase)]
[System.Text.Json.Serialization.JsonSerializable(typeof(IssuedDetail))]
internal sealed partial class IssuedDetailJson : System.Text.Json.Serialization.JsonSerializerContext;
