using static Isthmus.Fhir.Validation.Findings.FindingSeverity;

namespace Isthmus.Fhir.Validation.Findings;

/// <summary>What a profile can ask in vain (FHIR R4 profiling.html, elementdefinition.html).</summary>
internal static class ProfileRules
{
    public static readonly FindingRule Unknown = new("fhir.profile.unknown", Warning, "not-found",
        "A profile that is claimed or asked for is not among the definitions, so it was not checked.",
        """{"meta":{"profile":["http://example.org/unknown"]}}""", "Load the guide that defines it (--package), or correct the URL.");

    public static readonly FindingRule TypeNotAllowed = new("fhir.profile.type", Error, "structure",
        "{0} may not be a {1} here; the profile allows {2}.", "An Observation with valueString where the profile allows Quantity.", "Use one of the types the profile allows.");

    public static readonly FindingRule NoProfileFits = new("fhir.profile.none-fits", Error, "structure",
        "{0} fulfils none of the profiles {1}; the nearest fails because: {2}", "An entry with a Patient that does not fulfil the profile of the entry.",
        "Make the element fulfil one of the profiles.");

    public static readonly FindingRule Fixed = new("fhir.profile.fixed", Error, "value",
        "{0} must have exactly the value that the profile fixes, {1}.", "A category with code vital-sign where the profile fixes vital-signs.", "Use the fixed value.");

    public static readonly FindingRule Pattern = new("fhir.profile.pattern", Error, "value",
        "{0} must hold everything that the profile's pattern has, {1}.", "A code without the LOINC coding of the profile's pattern.", "Add what the pattern has; more is allowed.");

    public static readonly FindingRule NoSlice = new("fhir.slicing.closed", Error, "structure",
        "{0} belongs to none of the slices ({1}) and the slicing is closed. {2}", "A third category where the profile closes the list.", "Remove it, or change it so that it belongs to a slice.");

    public static readonly FindingRule SliceTooFew = new("fhir.slicing.required", Error, "structure",
        "A slice is missing: {0}, {1}. {2}", "A blood pressure without a diastolic component.", "Supply the slice.");

    public static readonly FindingRule SliceTooMany = new("fhir.slicing.too-many", Error, "structure",
        "The slice {0} may occur at most {1} times, but {2} were found.", "Two medical record numbers where the profile allows one.", "Leave only as many as the slice allows.");

    public static readonly FindingRule SliceOrder = new("fhir.slicing.order", Error, "structure",
        "{0} stands after a later slice, and the slicing is ordered.", "The second section before the first.", "Put the slices in the profile's order.");

    public static readonly FindingRule SliceAtEnd = new("fhir.slicing.open-at-end", Error, "structure",
        "{0} belongs to no slice, and such may only stand after all slices.", "An unknown section between the known ones.", "Move it to the end.");

    public static readonly FindingRule Undecidable = new("fhir.slicing.undecidable", Information, "not-supported",
        "The profile does not say how to tell the slice {0}, so it was not checked.", "A slice by value without a fixed value, pattern or binding.", "Have the profile's author correct its discriminator.");
}
