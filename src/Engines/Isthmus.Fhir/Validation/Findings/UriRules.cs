using static Isthmus.Fhir.Validation.Findings.FindingSeverity;

namespace Isthmus.Fhir.Validation.Findings;

/// <summary>What URIs that name something can break (FHIR R4 datatypes.html#Coding, #Identifier, references.html#canonical).</summary>
internal static class UriRules
{
    public static readonly FindingRule RelativeSystem = new("fhir.uri.system", Error, "invalid",
        "The system of {0} is an absolute URI; this one is relative.", """{"coding":[{"system":"loinc","code":"1-8"}]}""", "Use the system's URI, such as http://loinc.org.");

    public static readonly FindingRule IdentifierValue = new("fhir.uri.identifier", Error, "invalid",
        "An identifier of the system urn:ietf:rfc:3986 is itself an absolute URI.", """{"system":"urn:ietf:rfc:3986","value":"12345"}""", "Write the value as a URI, such as urn:oid:…, or use the system that gives such numbers.");

    public static readonly FindingRule CanonicalType = new("fhir.uri.canonical-type", Error, "invalid",
        "The canonical URL of {0} leads to a {1}; a {2} is wanted.", """{"questionnaire":"http://hl7.org/fhir/ValueSet/item-type"}""", "Name a definition of the type wanted.");

    public static readonly FindingRule RelativeFullUrl = new("fhir.uri.full-url", Warning, "invalid",
        "The fullUrl of an entry is an absolute URI; this one is relative.", """{"fullUrl":"Patient/1"}""", "Use the resource's address, or urn:uuid: with a new UUID.");
}
