namespace Isthmus.Fhir.Terminology;

/// <summary>Something to know about a terminology answer: what could not be evaluated, or was odd.</summary>
/// <param name="Rule">A stable rule id, <c>fhir.terminology.…</c>.</param>
/// <param name="Subject">The canonical of the resource it concerns, with <c>#</c> and the part where that helps; never a patient's data.</param>
/// <param name="Message">One sentence.</param>
public sealed record TerminologyFinding(string Rule, string Subject, string Message);

/// <summary>The rules, with what is said.</summary>
internal static class TerminologyRules
{
    public static readonly (string Rule, string Message) ValueSetUnknown = ("fhir.terminology.value-set-unknown", "This value set is not among the definitions, so nothing can be said of its codes. Load the package that defines it.");
    public static readonly (string Rule, string Message) ValueSetCycle = ("fhir.terminology.value-set-cycle", "This value set includes itself, directly or through others; what it would add by that is unknown.");
    public static readonly (string Rule, string Message) ValueSetTooDeep = ("fhir.terminology.value-set-too-deep", "Value sets include one another deeper than 64; what lies below is unknown.");
    public static readonly (string Rule, string Message) CodeSystemUnknown = ("fhir.terminology.code-system-unknown", "This code system is not among the definitions, so its codes cannot be checked.");
    public static readonly (string Rule, string Message) CodeSystemVersion = ("fhir.terminology.code-system-version-unknown", "The version of the code system that is asked for is not among the definitions.");
    public static readonly (string Rule, string Message) CodeSystemIncomplete = ("fhir.terminology.code-system-incomplete", "Only part of this code system is among the definitions (its content is not 'complete'); other codes cannot be checked.");
    public static readonly (string Rule, string Message) CodeNotInSystem = ("fhir.terminology.code-not-in-system", "The code system does not have the code.");
    public static readonly (string Rule, string Message) HierarchyCycle = ("fhir.terminology.hierarchy-cycle", "A concept of this code system is its own ancestor; the cycle is cut where it closes.");
    public static readonly (string Rule, string Message) HierarchyMeaning = ("fhir.terminology.hierarchy-not-is-a", "The hierarchy of this code system does not mean is-a, so the filter cannot be evaluated by it.");
    public static readonly (string Rule, string Message) FilterUnsupported = ("fhir.terminology.filter-unsupported", "This filter's operator is not one of R4's, or it lacks its property or value.");
    public static readonly (string Rule, string Message) FilterOutside = ("fhir.terminology.filter-not-evaluable", "A filter on a code system that is not here in full cannot be evaluated.");
    public static readonly (string Rule, string Message) FilterRegex = ("fhir.terminology.filter-regex", "The filter's regular expression is faulty, too large, or needs backtracking.");
    public static readonly (string Rule, string Message) TooCostly = ("fhir.terminology.too-costly", "The value set has more codes than are expanded at once; ask for a page, or with a filter.");
    public static readonly (string Rule, string Message) ExpansionOpen = ("fhir.terminology.expansion-incomplete", "The value set also holds codes that cannot be listed: of a grammar, or of a code system that is not here.");
    public static readonly (string Rule, string Message) StoredExpansion = ("fhir.terminology.expansion-stored", "The value set's own stored expansion was used for what could not be evaluated.");
    public static readonly (string Rule, string Message) SupplementUsed = ("fhir.terminology.supplement-used", "A supplement adds designations or properties to this code system.");
    public static readonly (string Rule, string Message) DisplayDiffers = ("fhir.terminology.display-differs", "The display is not one that the code system or the value set gives for this code.");
    public static readonly (string Rule, string Message) SystemMissing = ("fhir.terminology.system-missing", "A Coding without a system has no defined meaning and cannot be checked.");
    public static readonly (string Rule, string Message) CodeMissing = ("fhir.terminology.code-missing", "There is no code to check.");
    public static readonly (string Rule, string Message) NotInValueSet = ("fhir.terminology.code-not-in-value-set", "The code is not in the value set.");
    public static readonly (string Rule, string Message) MapUnknown = ("fhir.terminology.concept-map-unknown", "This concept map is not among the definitions.");
    public static readonly (string Rule, string Message) MapCycle = ("fhir.terminology.concept-map-cycle", "A concept map refers unmapped codes to itself, directly or through others.");

    public static TerminologyFinding At(this (string Rule, string Message) rule, string subject) => new(rule.Rule, subject, rule.Message);
}
