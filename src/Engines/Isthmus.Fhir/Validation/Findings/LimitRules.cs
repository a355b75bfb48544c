using static Isthmus.Fhir.Validation.Findings.FindingSeverity;

namespace Isthmus.Fhir.Validation.Findings;

/// <summary>Where the validator ends its work so that it stays bounded.</summary>
internal static class LimitRules
{
    public static readonly FindingRule Findings = new("fhir.limit.findings", Error, "too-costly",
        "There are more findings than are reported; the rest of the resource was not looked at.",
        "A Bundle of 100,000 entries, each without status.", "Correct what is reported and validate again, or raise MaxFindings.");

    public static readonly FindingRule Depth = new("fhir.limit.depth", Error, "too-costly",
        "Elements are nested deeper than is followed; what lies below was not checked.",
        "Questionnaire items 300 deep.", "Nest less.");

    public static readonly FindingRule Conformance = new("fhir.limit.profile-depth", Warning, "too-costly",
        "Profiles refer to each other deeper than is followed; what lies below was not checked.",
        "Profiles whose references demand each other without end.", "Validate the referenced resources by themselves.");

    public static readonly FindingRule Form = new("fhir.limit.form", Warning, "too-costly",
        "The response has more items than are compared with a questionnaire; it was not checked against it.",
        "A response of 100,000 items.", "Split the response.");
}
