using static Isthmus.Fhir.Validation.Findings.FindingSeverity;

namespace Isthmus.Fhir.Validation.Findings;

/// <summary>What codes can break (FHIR R4 terminologies.html#strength).</summary>
internal static class BindingRules
{
    public static readonly FindingRule Required = new("fhir.binding.required", Error, "code-invalid",
        "{0} must have a code of the value set {1}, and has none.", """{"resourceType":"Patient","gender":"f"}""", "Use a code of the value set.");

    public static readonly FindingRule NoCode = new("fhir.binding.no-code", Error, "code-invalid",
        "{0} must have a code of the value set {1}; text alone is not enough.", """{"clinicalStatus":{"text":"active"}} in an AllergyIntolerance.""", "Add the coding.");

    public static readonly FindingRule Maximum = new("fhir.binding.maximum", Error, "code-invalid",
        "{0} may have no code outside of the value set {1}.", """{"resourceType":"Patient","language":"german"}""", "Use a code of the value set.");

    public static readonly FindingRule Extensible = new("fhir.binding.extensible", Warning, "code-invalid",
        "{0} should have a code of the value set {1}, unless none of them fits.", "A marital status with a local code.", "Add a coding of the value set beside the local one, if one fits.");

    public static readonly FindingRule Preferred = new("fhir.binding.preferred", Information, "code-invalid",
        "{0} has no code of the value set {1}, which is recommended.", "A reason with a local code.", "Consider a code of the value set.");

    public static readonly FindingRule Unverified = new("fhir.binding.unverified", Warning, "not-found",
        "Whether {0} has a code of the value set {1} cannot be told, since not all of its codes are known here.", "A SNOMED CT code, without SNOMED CT.", "Load the code system, or have a terminology server check it.");

    public static readonly FindingRule UnknownCode = new("fhir.code.unknown", Error, "code-invalid",
        "The code system {0} has no such code.", """{"system":"http://hl7.org/fhir/item-type","code":"strnig"}""", "Use a code of the system.");

    public static readonly FindingRule UnknownCodeHere = new("fhir.code.unknown-here", Warning, "code-invalid",
        "The code system {0}, as it is here, has no such code; a later version may.", """{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"ZZ"}""", "Use a code of the system, or load its later version.");
}
