using System.Net.Mime;
using System.Text.Json;
using Isthmus.Exchange;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Inbound.Listeners;

/// <summary>A refusal as a problem document (RFC 9457): the rule id is its type, the sentence its title.</summary>
internal static class Problem
{
    public static byte[] Of(Refusal refusal, int status) =>
        JsonSerializer.SerializeToUtf8Bytes(new { type = refusal.Id, title = refusal.Sentence, status });

    /// <summary>Answers with it and ends the connection, since what the request still brings is not read.</summary>
    public static async Task WriteAsync(HttpContext call, Refusal refusal, int status)
    {
        var response = call.Response;
        response.StatusCode = status;
        response.Headers.Connection = "close";
        response.Headers.CacheControl = "no-store";
        response.ContentType = MediaTypeNames.Application.ProblemJson;
        var problem = Of(refusal, status);
        response.ContentLength = problem.Length;
        await response.Body.WriteAsync(problem, call.RequestAborted);
    }
}
