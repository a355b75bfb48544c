using System.Globalization;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Store.Connections;
using Isthmus.Trust.Access;
using Isthmus.Trust.Tokens;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Api.OAuth;

/// <summary>
/// The authorization server as HTTP: reads a request, asks <see cref="AuthorizationServer"/>, writes what it says. Everything that is
/// decided is decided there.
/// </summary>
public sealed class OAuthRoutes
{
    private const string Form = "application/x-www-form-urlencoded";
    private const string Json = "application/json";

    private readonly AuthorizationServer server;
    private readonly Func<SiteModel> site;
    private readonly TimeProvider time;

    public OAuthRoutes(AuthorizationServer server, Func<SiteModel> site, TimeProvider time)
    {
        this.server = server;
        this.site = site;
        this.time = time;
        All =
        [
            new OAuthRoute("oauth-token", HttpMethods.Post, Metadata.Token, Form, FormFields.MostBytes, TokenAsync),
            new OAuthRoute("oauth-introspect", HttpMethods.Post, Metadata.Introspect, Form, FormFields.MostBytes, IntrospectAsync),
            new OAuthRoute("oauth-revoke", HttpMethods.Post, Metadata.Revoke, Form, FormFields.MostBytes, RevokeAsync),
            new OAuthRoute("oauth-register", HttpMethods.Post, Metadata.Register, Json, Registration.MostBytes, RegisterAsync),
            new OAuthRoute("oauth-keys", HttpMethods.Get, Metadata.Keys, null, 0, KeysAsync),
            new OAuthRoute("oauth-metadata", HttpMethods.Get, "/.well-known/oauth-authorization-server", null, 0, MetadataAsync),
            new OAuthRoute("smart-configuration", HttpMethods.Get, "/.well-known/smart-configuration", null, 0, MetadataAsync),
            new OAuthRoute("smart-configuration", HttpMethods.Get, "/fhir/.well-known/smart-configuration", null, 0, MetadataAsync),
        ];
    }

    public IReadOnlyList<OAuthRoute> All { get; }

    private async Task TokenAsync(HttpContext call)
    {
        if (await ReadAsync(call) is not { } request)
        {
            return;
        }

        var answer = await server.TokenAsync(request, call.RequestAborted);
        if (answer.Token is not { } issued)
        {
            await Answers.RefuseAsync(call, answer.Refusal!);
            return;
        }

        await Answers.JsonAsync(call, StatusCodes.Status200OK, json =>
        {
            json.WriteString("access_token", issued.Token);
            json.WriteString("token_type", issued.Type);
            json.WriteNumber("expires_in", issued.ExpiresIn);
            json.WriteString("scope", issued.Scope);
        });
    }

    private async Task RevokeAsync(HttpContext call)
    {
        if (await ReadAsync(call) is not { } request)
        {
            return;
        }

        if (await server.RevokeAsync(request, call.RequestAborted) is { } refusal)
        {
            await Answers.RefuseAsync(call, refusal);
            return;
        }

        Answers.Unkept(call);
        call.Response.ContentLength = 0;
    }

    /// <summary>Whoever asks comes with an access token, or proves itself as a client in the form.</summary>
    private async Task IntrospectAsync(HttpContext call)
    {
        // A token in the address is none, and a form with such an address proves nothing either.
        Caller? asking = null;
        if ((call.Request.Headers.Authorization.Count > 0 || call.Request.QueryString.HasValue) && (asking = await CallerAsync(call)) is null)
        {
            return;
        }

        if (await ReadAsync(call) is not { } request)
        {
            return;
        }

        if (asking is null && request.Form?["client_assertion"] is null && request.Form?["client_id"] is null)
        {
            await CallerAsync(call);
            return;
        }

        if (request.Form?["token"] is not { } token)
        {
            await Answers.RefuseAsync(call, StatusCodes.Status400BadRequest, "invalid_request", TokenRules.FormUnreadable);
            return;
        }

        var (told, refusal) = asking is null
            ? await server.IntrospectAsync(request, call.RequestAborted)
            : (await server.IntrospectAsync(asking, token, call.RequestAborted), null);
        if (refusal is not null)
        {
            await Answers.RefuseAsync(call, refusal);
            return;
        }

        await Answers.JsonAsync(call, StatusCodes.Status200OK, json =>
        {
            json.WriteBoolean("active", told is not null);
            if (told is not null)
            {
                Answers.WriteToken(json, told, site().Access!);
            }
        });
    }

    private async Task RegisterAsync(HttpContext call)
    {
        if (await CallerAsync(call) is not { } asking)
        {
            return;
        }

        if (!asking.Scopes.Words.Contains(AuthorizationServer.RegisterScope))
        {
            call.Response.Headers.WWWAuthenticate = "Bearer error=\"insufficient_scope\"";
            await Answers.RefuseAsync(call, StatusCodes.Status403Forbidden, "insufficient_scope", ScopeRules.Insufficient);
            return;
        }

        if (await RequestBody.ReadAsync(call, Json, Registration.MostBytes) is not { } body)
        {
            return;
        }

        var now = time.GetUtcNow();
        var (draft, contract, refusal) = Registration.Read(body.Span, site(), now);
        if (draft is null)
        {
            await Answers.RefuseAsync(call, StatusCodes.Status400BadRequest, "invalid_client_metadata", refusal!);
            return;
        }

        try
        {
            var id = await server.RegisterAsync(draft, contract!, asking, call.RequestAborted);
            await Answers.JsonAsync(call, StatusCodes.Status201Created, json => Answers.WriteRegistration(json, id, draft, contract!, now));
        }
        catch (RefusalException refused)
        {
            await Answers.RefuseAsync(call, StatusCodes.Status400BadRequest, "invalid_client_metadata", refused.Refusal);
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            await Answers.RefuseAsync(call, StatusCodes.Status503ServiceUnavailable, "temporarily_unavailable", TokenRules.StoreUnavailable);
        }
    }

    private async Task KeysAsync(HttpContext call)
    {
        var keys = server.PublishedKeys();
        call.Response.Headers.CacheControl = string.Create(CultureInfo.InvariantCulture, $"public, max-age={(int)SigningKeys.SetMayBeKept.TotalSeconds}");
        await Answers.RawJsonAsync(call, StatusCodes.Status200OK, keys.WriteTo);
    }

    private async Task MetadataAsync(HttpContext call)
    {
        call.Response.Headers.CacheControl = "public, max-age=300";
        await Answers.RawJsonAsync(call, StatusCodes.Status200OK, json => Metadata.Write(json, site()));
    }

    /// <summary>Null when the request was refused, and answered so.</summary>
    private static async Task<TokenRequest?> ReadAsync(HttpContext call)
    {
        var proofs = call.Request.Headers["DPoP"];
        if (proofs.Count > 1)
        {
            await Answers.RefuseAsync(call, StatusCodes.Status400BadRequest, "invalid_dpop_proof", TokenRules.DpopInvalid);
            return null;
        }

        return await RequestBody.ReadAsync(call, Form, FormFields.MostBytes) is { } body
            ? new TokenRequest(FormFields.Read(body.Span), Certificates.Of(call), proofs.Count == 1 ? proofs[0] : null, call.Connection.RemoteIpAddress)
            : null;
    }

    /// <summary>Who calls, by an access token; null when nobody was recognised, and that was answered.</summary>
    private async Task<Caller?> CallerAsync(HttpContext call)
    {
        var (refusal, holder) = (TokenRules.TokenMissing, default(string));
        var (authorization, proofs) = (call.Request.Headers.Authorization, call.Request.Headers["DPoP"]);
        if (authorization.Count == 1 && proofs.Count <= 1
            && PresentedToken.Read(
                authorization[0]!, Certificates.Of(call)?.Thumbprint, proofs.Count == 1 ? proofs[0] : null,
                call.Request.Method, site().Access!.Endpoint(call.Request.Path.Value!)) is { } presented)
        {
            try
            {
                var verdict = await server.Check.CheckAsync(presented, call.RequestAborted);
                if (verdict.Caller is { } caller)
                {
                    return caller;
                }

                refusal = verdict.Refusal!;
                holder = verdict.Holder;
            }
            catch (Exception e) when (StoreFailure.Is(e))
            {
                refusal = TokenRules.StoreUnavailable;
            }
        }

        server.Refused(refusal, holder, call.Connection.RemoteIpAddress);
        if (refusal.Transient)
        {
            await Answers.RefuseAsync(call, StatusCodes.Status503ServiceUnavailable, "temporarily_unavailable", refusal);
            return null;
        }

        // RFC 6750 section 3.1: whoever sent no token is told nothing but what to send.
        call.Response.Headers.WWWAuthenticate = refusal == TokenRules.TokenMissing ? "Bearer" : "Bearer error=\"invalid_token\"";
        await Answers.RefuseAsync(call, StatusCodes.Status401Unauthorized, "invalid_token", refusal);
        return null;
    }
}
