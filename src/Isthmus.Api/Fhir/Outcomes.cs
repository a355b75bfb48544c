using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Api.Fhir;

/// <summary>OperationOutcomes with one issue: a rule id and a constant sentence, and nothing of the request.</summary>
internal static class Outcomes
{
    public const string RuleSystem = "urn:isthmus:rule";

    /// <param name="issue">http://hl7.org/fhir/issue-type</param>
    public static async Task WriteAsync(HttpContext call, int status, string issue, string rule, string sentence)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new
        {
            resourceType = "OperationOutcome",
            issue = new[]
            {
                new { severity = "error", code = issue, details = new { coding = new[] { new { system = RuleSystem, code = rule } }, text = sentence } },
            },
        });
        call.Response.StatusCode = status;
        call.Response.ContentType = "application/fhir+json; charset=utf-8";
        call.Response.ContentLength = body.Length;
        await call.Response.Body.WriteAsync(body, call.RequestAborted);
    }
}
