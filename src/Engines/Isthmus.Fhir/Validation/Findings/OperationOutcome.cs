using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;

namespace Isthmus.Fhir.Validation.Findings;

/// <summary>Findings as a FHIR OperationOutcome (FHIR R4 operationoutcome.html); each rule's id stands in <c>details</c>.</summary>
internal static class OperationOutcome
{
    private const string RuleSystem = "urn:isthmus:finding";
    private const string Line = "http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-line";
    private const string Column = "http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-col";

    public static byte[] Of(IReadOnlyList<Finding> findings)
    {
        var builder = new FhirBuilder();
        var outcome = builder.Resource("OperationOutcome"u8);
        if (findings.Count == 0)
        {
            Issue(builder, outcome, "information", "informational", "Nothing was found to be wrong.");
        }

        foreach (var finding in findings)
        {
            Add(builder, outcome, finding);
        }

        return FhirJsonWriter.ToBytes(builder.Element(outcome));
    }

    private static void Add(FhirBuilder builder, int outcome, Finding finding)
    {
        var issue = Issue(builder, outcome, finding.Severity.ToString().ToLowerInvariant(), finding.Rule.Code, finding.Message);
        if (finding.Position.Line > 0)
        {
            Place(builder, issue, Line, finding.Position.Line);
            Place(builder, issue, Column, finding.Position.Column);
        }

        var details = builder.Object(issue, FhirNames.IdOf("details"u8));
        var coding = builder.Item(details, FhirNames.IdOf("coding"u8));
        builder.String(coding, "system", RuleSystem);
        builder.String(coding, "code", finding.Rule.Id);
        if (finding.Expression.Length > 0)
        {
            builder.StringItem(issue, FhirNames.IdOf("expression"u8), System.Text.Encoding.UTF8.GetBytes(finding.Expression));
        }
    }

    private static int Issue(FhirBuilder builder, int outcome, string severity, string code, string message)
    {
        var issue = builder.Item(outcome, FhirNames.IdOf("issue"u8));
        builder.String(issue, "severity", severity);
        builder.String(issue, "code", code);
        builder.String(issue, "diagnostics", message);
        return issue;
    }

    private static void Place(FhirBuilder builder, int issue, string url, int value)
    {
        var extension = builder.Item(issue, FhirNames.IdOf("extension"u8));
        builder.String(extension, "url", url);
        builder.Number(extension, FhirNames.IdOf("valueInteger"u8), System.Text.Encoding.UTF8.GetBytes(value.ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }
}
