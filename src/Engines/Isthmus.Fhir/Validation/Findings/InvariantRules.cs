using static Isthmus.Fhir.Validation.Findings.FindingSeverity;

namespace Isthmus.Fhir.Validation.Findings;

/// <summary>Invariants (ElementDefinition.constraint). Which one it is stands in the sentence, by its key.</summary>
internal static class InvariantRules
{
    public static readonly FindingRule Failed = new("fhir.invariant.failed", Error, "invariant",
        "The invariant {0} does not hold: {1}", """{"resourceType":"Encounter","period":{"start":"2024-02-01","end":"2024-01-01"}} breaks per-1.""", "Make the element fulfil what the sentence asks.");

    public static readonly FindingRule Advice = new("fhir.invariant.advice", Warning, "invariant",
        "The invariant {0}, which is advice, does not hold: {1}", "A resource without narrative goes against dom-6.", "Consider what the sentence asks.");

    public static readonly FindingRule Unevaluated = new("fhir.invariant.unevaluated", Warning, "not-supported",
        "The invariant {0} could not be evaluated: {1}", "An invariant that asks a terminology server.", "Have the invariant's author correct it, or load what it asks for.");

    public static readonly FindingRule ExtensionContent = new("fhir.invariant.ext-1", Error, "invariant",
        "An extension has either a value or extensions of its own, and not both (ext-1).", """{"extension":[{"url":"http://example.org/ext"}]}""", "Give it a value, or parts.");
}
