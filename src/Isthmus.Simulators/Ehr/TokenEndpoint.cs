using System.Security.Cryptography;
using System.Text;
using Isthmus.Simulators.Serving;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Isthmus.Simulators.Ehr;

/// <summary>
/// <c>POST /oauth2/token</c>: client_credentials with a client assertion (RFC 6749 section 4.4, RFC 7523), or with a client secret
/// in the form where one was registered at start.
/// </summary>
internal sealed class TokenEndpoint(ClientAssertion assertion, AccessTokens tokens, EhrOptions options)
{
    private const string JwtBearer = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    private const int LargestForm = 64 * 1024;

    public async Task AnswerAsync(HttpContext call, Uri address)
    {
        if (call.Request.ContentLength is null or > LargestForm)
        {
            await RefuseAsync(call, StatusCodes.Status400BadRequest, "invalid_request", "The form is missing or too large.");
            return;
        }

        using var text = new StreamReader(call.Request.Body, Encoding.UTF8);
        var form = new FormReader(await text.ReadToEndAsync(call.RequestAborted)).ReadForm();
        if (form.GetValueOrDefault("grant_type") != "client_credentials")
        {
            await RefuseAsync(call, StatusCodes.Status400BadRequest, "unsupported_grant_type", "Only client_credentials.");
            return;
        }

        var objection = form.TryGetValue("client_secret", out var secret)
            ? ObjectionToSecret(form.GetValueOrDefault("client_id").ToString(), secret.ToString())
            : form.GetValueOrDefault("client_assertion_type") == JwtBearer
                ? assertion.Objection(form.GetValueOrDefault("client_assertion").ToString(), new Uri(address, "/oauth2/token").AbsoluteUri)
                : "client_assertion_type is jwt-bearer.";
        if (objection is not null)
        {
            await RefuseAsync(call, StatusCodes.Status401Unauthorized, "invalid_client", objection);
            return;
        }

        call.Response.Headers.CacheControl = "no-store";
        await Answers.JsonAsync(call, new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["access_token"] = tokens.Issue(),
            ["token_type"] = "Bearer",
            ["expires_in"] = (int)tokens.Life.TotalSeconds,
            ["scope"] = "system/*.cud system/*.r",
        });
    }

    private string? ObjectionToSecret(string clientId, string secret) =>
        options.ClientSecret is { } registered && clientId == options.ClientId
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(registered))
            ? null
            : "No such client secret.";

    private static Task RefuseAsync(HttpContext call, int status, string error, string description) =>
        Answers.JsonAsync(call, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["error"] = error,
            ["error_description"] = description,
        }, status);
}
