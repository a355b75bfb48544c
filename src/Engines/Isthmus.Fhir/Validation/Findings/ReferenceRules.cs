using static Isthmus.Fhir.Validation.Findings.FindingSeverity;

namespace Isthmus.Fhir.Validation.Findings;

/// <summary>What references can break (FHIR R4 references.html, bundle.html#references).</summary>
internal static class ReferenceRules
{
    public static readonly FindingRule TargetType = new("fhir.reference.target-type", Error, "structure",
        "A {0} is no target that {1} may refer to; it may refer to {2}.", """{"subject":{"reference":"Organization/1"}} in an Encounter.""", "Refer to one of the types allowed.");

    public static readonly FindingRule TargetProfile = new("fhir.reference.target-profile", Error, "structure",
        "What {0} refers to stands in this document but fulfils none of {1}; the nearest fails because: {2}",
        "A reference to a contained Patient that does not fulfil the profile demanded of it.", "Make the target fulfil one of the profiles, or refer to another.");

    public static readonly FindingRule NotInDocument = new("fhir.reference.not-in-document", Error, "required",
        "What {0} refers to must be {1} in this document, and is not.", "A reference to an Endpoint that the Bundle lacks, where the profile wants it bundled.", "Include the target.");

    public static readonly FindingRule Malformed = new("fhir.reference.format", Error, "invalid",
        "This is no literal reference: Type/id, an absolute URL, or # with the id of a contained resource.", """{"reference":"ht tp://example.org/Patient/1"}""", "Correct the reference, or use identifier or display.");

    public static readonly FindingRule UnknownType = new("fhir.reference.unknown-type", Error, "invalid",
        "The reference names a resource type that FHIR R4 does not have.", """{"reference":"Chicken/1"}""", "Correct the type.");

    public static readonly FindingRule TypeDiffers = new("fhir.reference.type-differs", Error, "structure",
        "Reference.type names another type than the reference leads to.", """{"reference":"Patient/1","type":"Group"}""", "Correct one of the two.");

    public static readonly FindingRule Ambiguous = new("fhir.reference.ambiguous", Error, "forbidden",
        "More than one entry of the Bundle is what this refers to.", "Two entries with the same type, id and no fullUrl of their own.", "Give each entry its own fullUrl and refer to that.");

    public static readonly FindingRule MissingInDocument = new("fhir.reference.missing-in-document", Error, "not-found",
        "A document holds what its Composition refers to; this is not among its entries.", "A section entry that no entry's fullUrl has.", "Include the entry, or correct the reference.");
}
