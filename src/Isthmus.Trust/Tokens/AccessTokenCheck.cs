using System.Text;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Trust.Access;
using Isthmus.Trust.Access.State;
using Isthmus.Trust.Clients;
using Isthmus.Trust.Tokens.Jose;
using Isthmus.Trust.Tokens.Remote;
using Npgsql;

namespace Isthmus.Trust.Tokens;

/// <summary>What became of a presented token: who calls, or why nobody is believed to.</summary>
public readonly record struct TokenVerdict(Caller? Caller, Refusal? Refusal)
{
    /// <summary>Whose token it is, though nobody is believed to call by it; null where it is nobody's. For what is counted.</summary>
    public string? Holder { get; init; }

    public static implicit operator TokenVerdict(Refusal refusal) => new(null, refusal);
}

/// <summary>
/// Decides whether a request's access token is good: ours, or that of an issuer the site trusts. Steps: 1 known from before, by its
/// hash; 2 otherwise form, type, issuer and key id, and only then its signature; 3 what may have changed since it was issued; 4 the
/// proof of whatever it is bound to.
/// </summary>
public sealed class AccessTokenCheck(Func<SiteModel> site, AccessWatch watch, NpgsqlDataSource source, RemoteKeySets remote, TimeProvider time) : IAsyncDisposable
{
    private const string IsOnRecord = "SELECT EXISTS (SELECT FROM tokens.issued WHERE id = $1 AND key = $2)";

    private readonly TokenCache cache = new(time);
    private readonly SingleUse proofs = new(source, time);

    /// <summary>Verified tokens are not verified again; nothing else is remembered.</summary>
    /// <exception cref="NpgsqlException">Something had to be asked of the database, which did not answer: nobody is let in.</exception>
    public async ValueTask<TokenVerdict> CheckAsync(PresentedToken presented, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(presented);
        if (!watch.IsConfirmed)
        {
            return TokenRules.StateUnconfirmed;
        }

        var (verdict, model, now) = (await BelieveAsync(presented.Token, cancellation), site(), time.GetUtcNow());
        return verdict.Caller is { } caller ? await ProveAsync(caller, presented, model, now, cancellation) with { Holder = caller.Client } : verdict;
    }

    /// <summary>Whether a token is good by itself, whoever sent it: for introspection and for those who look at tokens.</summary>
    public async ValueTask<TokenVerdict> BelieveAsync(string token, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(token);
        var (model, state, now) = (site(), watch.Current, time.GetUtcNow());
        if (model.Access is not { } settings || token.Length > CompactJws.MostBytes)
        {
            return TokenRules.TokenInvalid;
        }

        // 1.
        var digest = TokenCache.DigestOf(token);
        if (cache.Find(digest) is not { } known)
        {
            // 2.
            var (read, refusal, holder) = await VerifyAsync(token, model, settings, state, now, cancellation);
            if (read is null)
            {
                return new TokenVerdict(null, refusal) { Holder = holder };
            }

            cache.Add(digest, known = read);
        }

        // 3.
        return await RefuseNowAsync(known, model, state, now, cancellation) is { } gone
            ? new TokenVerdict(null, gone) { Holder = known.Caller.Client }
            : new TokenVerdict(known.Caller, null);
    }

    public ValueTask DisposeAsync() => proofs.DisposeAsync();

    private async ValueTask<(KnownToken? Token, Refusal? Refusal, string? Holder)> VerifyAsync(
        string token, SiteModel model, AccessSettings settings, AccessState state, DateTimeOffset now, CancellationToken cancellation)
    {
        if (!CompactJws.TryRead(Encoding.UTF8.GetBytes(token), out var jws, out _)
            || jws.Header is { NamesCertificate: true } or { BroughtKey.IsEmpty: false } or { KeySetUrl: not null }
            || TokenClaims.Read(jws.Payload.Span) is not { Expires: { } seconds, IsBoundOtherwise: false } claims)
        {
            return (null, TokenRules.TokenInvalid, null);
        }

        var isOurs = claims.Issuer == settings.Issuer;
        var trusted = isOurs ? null : settings.TrustedIssuers.FirstOrDefault(t => t.Issuer == claims.Issuer);
        var key = isOurs ? KeyOfOurs(jws.Header, state)
            : trusted is not null ? await KeyOfTheirsAsync(jws.Header, trusted, model, cancellation)
            : null;
        if (key is null || !jws.IsSignedBy(key))
        {
            return (null, TokenRules.TokenInvalid, null);
        }

        var client = state.Clients.GetValueOrDefault(claims.ClientId);
        var expires = DateTimeOffset.FromUnixTimeSeconds(seconds);
        if (now >= expires)
        {
            return (null, TokenRules.TokenExpired, client?.Id);
        }

        var isFit = claims.Audience == (trusted?.Audience ?? settings.Audience) && claims.Id.Length > 0 && client is not null
            && !(claims.IssuedAt > (now + settings.ClockSkew).ToUnixTimeSeconds()) && !(claims.NotBefore > (now + settings.ClockSkew).ToUnixTimeSeconds())
            && ScopeSet.TryParse(claims.Scope, out var scopes) is null && client.Scopes.Covers(scopes);
        return isFit
            ? (new KnownToken(CallerOf(claims, client!, expires), isOurs ? key.Id : null), null, client!.Id)
            : (null, TokenRules.TokenInvalid, client?.Id);
    }

    /// <summary>RFC 9068 section 4: the type, and an algorithm that is ours. A key that is not in the state costs nothing.</summary>
    private static JsonWebKey? KeyOfOurs(JoseHeader header, AccessState state) =>
        IsAccessToken(header) && header.Algorithm == SignatureAlgorithm.ES256 ? state.KeyOf(header.KeyId)?.Key : null;

    private async ValueTask<JsonWebKey?> KeyOfTheirsAsync(JoseHeader header, TrustedIssuer issuer, SiteModel model, CancellationToken cancellation) =>
        (IsAccessToken(header) || header.Type is null or "JWT") && issuer.Algorithms.Contains(header.Algorithm.Name())
            ? await remote.FindAsync(issuer.KeySetUrl, header.KeyId, header.Algorithm, model.Environment != SiteEnvironment.Production, cancellation)
            : null;

    private static bool IsAccessToken(JoseHeader header) =>
        header.Type is { } type && (type.Equals("at+jwt", StringComparison.OrdinalIgnoreCase) || type.Equals("application/at+jwt", StringComparison.OrdinalIgnoreCase));

    private static Caller CallerOf(TokenClaims claims, Client client, DateTimeOffset expires)
    {
        ScopeSet.TryParse(claims.Scope, out var scopes);
        return new Caller
        {
            Client = client.Id,
            Tenant = client.Tenant,
            Integration = client.Integration,
            Environment = client.Environment,
            Scopes = scopes,
            Token = OnceOnly.Token(claims.Issuer, claims.Id),
            Issuer = claims.Issuer,
            Expires = expires,
            Traffic = client.Traffic,
            Confirmation = claims.CertificateThumbprint is { } certificate ? new Confirmation(ConfirmationKind.Certificate, certificate)
                : claims.KeyThumbprint is { } provenKey ? new Confirmation(ConfirmationKind.ProvenKey, provenKey)
                : null,
        };
    }

    private async ValueTask<Refusal?> RefuseNowAsync(KnownToken known, SiteModel model, AccessState state, DateTimeOffset now, CancellationToken cancellation)
    {
        var caller = known.Caller;
        if (now >= caller.Expires)
        {
            return TokenRules.TokenExpired;
        }

        if (!state.Lets(caller, now))
        {
            return TokenRules.TokenRevoked;
        }

        var client = state.Clients[caller.Client];
        if (client.Environment != model.Environment || client.Tenant != model.Tenant.Id
            || (client.RequiresDpop && caller.Confirmation is not { Kind: ConfirmationKind.ProvenKey }))
        {
            return TokenRules.TokenInvalid;
        }

        if (known.Key is null)
        {
            return null;
        }

        return state.KeyOf(known.Key) switch
        {
            null => TokenRules.TokenInvalid,
            { Withdrawn: not null } => await IsIssuedAsync(caller.Token, known.Key, cancellation) ? null : TokenRules.TokenInvalid,
            _ => null,
        };
    }

    /// <summary>Of a key that others may have: only what we issued ourselves.</summary>
    private async Task<bool> IsIssuedAsync(Guid token, string key, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(IsOnRecord);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = token });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = key });
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    /// <summary>4. RFC 8705 section 3 and RFC 9449 section 7.1: who stole the token has neither the certificate nor the key.</summary>
    private async ValueTask<TokenVerdict> ProveAsync(Caller caller, PresentedToken presented, SiteModel model, DateTimeOffset now, CancellationToken cancellation)
    {
        switch (caller.Confirmation)
        {
            case null:
                return presented.Scheme == TokenScheme.Bearer ? new TokenVerdict(caller, null) : TokenRules.BindingWrong;
            case { Kind: ConfirmationKind.Certificate } bound:
                return presented.Scheme == TokenScheme.Bearer && bound.Thumbprint == presented.CertificateThumbprint
                    ? new TokenVerdict(caller, null)
                    : TokenRules.BindingWrong;
            default:
                if (presented is not { Scheme: TokenScheme.Dpop, Proof: { } text })
                {
                    return TokenRules.BindingWrong;
                }

                var proof = DpopProof.Read(text, presented.Method, presented.Url, presented.Token, model.Access!, now);
                return proof is not null && proof.Thumbprint == caller.Confirmation.Thumbprint && await proofs.UseAsync(proof.Use, cancellation)
                    ? new TokenVerdict(caller, null)
                    : TokenRules.DpopInvalid;
        }
    }
}
