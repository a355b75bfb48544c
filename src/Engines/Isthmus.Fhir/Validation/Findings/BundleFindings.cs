using static Isthmus.Fhir.Validation.Findings.FindingSeverity;

namespace Isthmus.Fhir.Validation.Findings;

/// <summary>What a Bundle can break besides its invariants (FHIR R4 bundle.html).</summary>
internal static class BundleFindings
{
    public static readonly FindingRule LinkTwice = new("fhir.bundle.link-twice", Error, "invalid",
        "A link of this relation stands in the Bundle already.", "Two links with the relation self.", "Keep one link of each relation.");

    public static readonly FindingRule FullUrlDiffers = new("fhir.bundle.full-url", Error, "invalid",
        "The fullUrl of an entry ends in the id of its resource; here the two differ.", """{"fullUrl":"http://example.org/Patient/1","resource":{"resourceType":"Patient","id":"2"}}""", "Correct one of the two.");
}
