using System.Buffers;
using System.Text.Json;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Trust.Access;
using Isthmus.Trust.Clients;
using Isthmus.Trust.Tokens;
using Isthmus.Trust.Tokens.Jose;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Api.OAuth;

/// <summary>Writes answers of OAuth endpoints.</summary>
internal static class Answers
{
    private const string RetryAfterSeconds = "1";

    public static Task RefuseAsync(HttpContext call, OAuthRefusal refusal) => RefuseAsync(call, refusal.Status, refusal.Error, refusal.Told);

    /// <summary>RFC 6749 section 5.2, with the rule beside it, for whoever looks it up.</summary>
    public static Task RefuseAsync(HttpContext call, int status, string error, Refusal told)
    {
        if (told.Transient)
        {
            call.Response.Headers.RetryAfter = RetryAfterSeconds;
        }

        return JsonAsync(call, status, json =>
        {
            json.WriteString("error", error);
            json.WriteString("error_description", told.Sentence);
            json.WriteString("rule", told.Id);
        });
    }

    /// <summary>One object that nobody keeps.</summary>
    public static Task JsonAsync(HttpContext call, int status, Action<Utf8JsonWriter> members)
    {
        Unkept(call);
        return RawJsonAsync(call, status, json =>
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        });
    }

    public static void Unkept(HttpContext call)
    {
        call.Response.Headers.CacheControl = "no-store";
        call.Response.Headers.Pragma = "no-cache";
    }

    public static async Task RawJsonAsync(HttpContext call, int status, Action<Utf8JsonWriter> value)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            value(json);
        }

        call.Response.StatusCode = status;
        call.Response.ContentType = "application/json";
        call.Response.ContentLength = buffer.WrittenCount;
        await call.Response.Body.WriteAsync(buffer.WrittenMemory, call.RequestAborted);
    }

    /// <summary>The members of RFC 7662 section 2.2.</summary>
    public static void WriteToken(Utf8JsonWriter json, Caller told, AccessSettings settings)
    {
        json.WriteString("scope", told.Scopes.ToString());
        json.WriteString("client_id", told.Client);
        json.WriteString("sub", told.Client);
        json.WriteNumber("exp", told.Expires.ToUnixTimeSeconds());
        json.WriteString("iss", told.Issuer);
        json.WriteString("aud", settings.Audience);
        json.WriteString("token_type", told.Confirmation is { Kind: ConfirmationKind.ProvenKey } ? "DPoP" : "Bearer");
        if (told.Confirmation is { } bound)
        {
            json.WriteStartObject("cnf");
            json.WriteString(bound.Kind == ConfirmationKind.Certificate ? "x5t#S256" : "jkt", bound.Thumbprint);
            json.WriteEndObject();
        }
    }

    /// <summary>RFC 7591 section 3.2.1. It has an id and no token: another person has to approve it first.</summary>
    public static void WriteRegistration(Utf8JsonWriter json, string id, ClientDraft draft, ApiContract contract, DateTimeOffset now)
    {
        json.WriteString("client_id", id);
        json.WriteNumber("client_id_issued_at", now.ToUnixTimeSeconds());
        json.WriteString("state", "pending");
        json.WriteString("client_name", draft.Name);
        json.WriteString("software_id", contract.Name);
        json.WriteString("scope", draft.Scopes.ToString());
        json.WriteString("token_endpoint_auth_method", draft.Credential.IsByCertificate ? "tls_client_auth" : "private_key_jwt");
        json.WriteBoolean("dpop_bound_access_tokens", draft.RequiresDpop);
        json.WriteStartArray("grant_types");
        json.WriteStringValue("client_credentials");
        json.WriteEndArray();
        if (draft.Credential.Keys is { } keys)
        {
            json.WritePropertyName("jwks");
            keys.WriteTo(json);
        }

        if (draft.Credential.KeysUrl is { } url)
        {
            json.WriteString("jwks_uri", url.OriginalString);
        }
    }
}
