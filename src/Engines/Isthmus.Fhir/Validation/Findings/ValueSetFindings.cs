using static Isthmus.Fhir.Validation.Findings.FindingSeverity;

namespace Isthmus.Fhir.Validation.Findings;

/// <summary>What a ValueSet's rules can ask in vain (FHIR R4 valueset.html#compositions).</summary>
internal static class ValueSetFindings
{
    public static readonly FindingRule System = new("fhir.value-set.system", Error, "invalid",
        "The system of an include or exclude is an absolute URI.", """{"compose":{"include":[{"system":"#own"}]}}""", "Use the code system's URL; for a contained one, add the extension valueset-system.");

    public static readonly FindingRule FilterValue = new("fhir.value-set.filter-value", Error, "invalid",
        "The property {0} of the code system {1} has values of type {2}, which the filter's value is not.", """{"property":"notSelectable","op":"=","value":"1"}""", "Write the value in the form of that type; a Coding is system#code.");

    public static readonly FindingRule FilterCode = new("fhir.value-set.filter-code", Error, "invalid",
        "The filter on {0} asks for a code that the code system {1} does not have.", """{"property":"concept","op":"is-a","value":"unicorn"}""", "Use a code of the system.");
}
