using System.Text.Json;

namespace Isthmus.Simulators.Ehr;

/// <summary>Refusals in FHIR's words. The texts are constants: nothing of a request is repeated in them.</summary>
internal static class OperationOutcome
{
    public static byte[] Of(int status, string diagnostics) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        resourceType = "OperationOutcome",
        issue = new[] { new { severity = "error", code = IssueCode(status), diagnostics } },
    });

    // http://hl7.org/fhir/R4/valueset-issue-type.html
    private static string IssueCode(int status) => status switch
    {
        401 => "login",
        403 => "forbidden",
        404 => "not-found",
        409 or 412 => "conflict",
        413 => "too-long",
        422 => "business-rule",
        429 => "throttled",
        503 or 504 => "transient",
        >= 500 => "exception",
        _ => "invalid",
    };
}
