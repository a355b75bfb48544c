using System.Net.Mime;
using System.Text.Json;
using Isthmus.Inbound.Listeners;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Inbound.Admission;

/// <summary>Writes a refusal in the form of its route: a rule id and a constant sentence, and nothing of the request.</summary>
internal static class RefusalWriter
{
    private const string RuleSystem = "urn:isthmus:rule";

    public static async Task WriteAsync(HttpContext call, Refused refused, RefusalForm form)
    {
        var response = call.Response;
        response.StatusCode = refused.Status;
        response.Headers.RetryAfter = refused.RetryAfter;
        response.Headers.Allow = refused.Allow;
        response.Headers.WWWAuthenticate = Challenge(refused);
        if (refused.Status == StatusCodes.Status413PayloadTooLarge)
        {
            // What is left of the body is not worth reading.
            response.Headers.Connection = "close";
        }

        var (mediaType, body) = form switch
        {
            RefusalForm.OAuth => (MediaTypeNames.Application.Json, OAuthError(refused)),
            RefusalForm.Fhir => ("application/fhir+json", Outcome(refused)),
            _ => (MediaTypeNames.Application.ProblemJson, Problem.Of(refused.Refusal, refused.Status)),
        };
        response.ContentType = mediaType;
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(call.Request.Method))
        {
            await response.Body.WriteAsync(body, call.RequestAborted);
        }
    }

    /// <summary>RFC 6750 section 3: without an error where no token came, so that a stranger learns nothing but what is asked for.</summary>
    private static string? Challenge(Refused refused) => refused.Challenge switch
    {
        null => null,
        "" => "Bearer, DPoP algs=\"ES256 ES384 RS384 PS384\"",
        "invalid_dpop_proof" => $"DPoP error=\"invalid_dpop_proof\", error_description=\"{refused.Refusal.Id}\"",
        var error => $"Bearer error=\"{error}\", error_description=\"{refused.Refusal.Id}\"",
    };

    /// <summary>RFC 6749 section 5.2, with the rule beside it, as the endpoints behind the door write it.</summary>
    private static byte[] OAuthError(Refused refused) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        error = refused.Status switch
        {
            401 => "invalid_client",
            403 => "unauthorized_client",
            429 or >= 500 => "temporarily_unavailable",
            _ => "invalid_request",
        },
        error_description = refused.Refusal.Sentence,
        rule = refused.Refusal.Id,
    });

    private static byte[] Outcome(Refused refused) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        resourceType = "OperationOutcome",
        issue = new[]
        {
            new
            {
                severity = "error",
                code = IssueType(refused),
                details = new { coding = new[] { new { system = RuleSystem, code = refused.Refusal.Id } }, text = refused.Refusal.Sentence },
            },
        },
    });

    /// <summary>http://hl7.org/fhir/issue-type</summary>
    private static string IssueType(Refused refused) => refused.Status switch
    {
        401 => "login",
        403 => "forbidden",
        404 => "not-found",
        405 or 415 => "not-supported",
        409 => "conflict",
        413 => "too-long",
        422 => "processing",
        429 => "throttled",
        503 => "transient",
        >= 500 => "exception",
        _ => "invalid",
    };
}
