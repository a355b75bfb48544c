using System.Text.Json;
using Isthmus.Fhir.Search.Query;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Api.Fhir;

/// <summary>Everything that is wrong with a search, an issue for each: the rule, the parameter's name, and no value.</summary>
internal static class SearchRefusals
{
    public static async Task WriteAsync(HttpContext call, IReadOnlyList<SearchFault> faults)
    {
        call.Response.StatusCode = StatusCodes.Status400BadRequest;
        call.Response.ContentType = "application/fhir+json; charset=utf-8";
        var body = JsonSerializer.SerializeToUtf8Bytes(new { resourceType = "OperationOutcome", issue = faults.Select(f => Issue(f, "error")) });
        call.Response.ContentLength = body.Length;
        await call.Response.Body.WriteAsync(body, call.RequestAborted);
    }

    /// <summary>One issue; of what was left out for a lenient caller, a warning.</summary>
    public static object Issue(SearchFault fault, string severity) => new
    {
        severity,
        code = fault.Rule == SearchRules.ParameterUnknown || fault.Rule == SearchRules.ParameterUnsupported ? "not-supported" : "invalid",
        details = new { coding = new[] { new { system = Outcomes.RuleSystem, code = fault.Rule.Id } }, text = fault.Rule.Message },
        expression = fault.Parameter.Length == 0 ? null : new[] { $"http.{fault.Parameter}" },
    };
}
