namespace Isthmus.Fhir.Terminology;

/// <summary>Something to know about a terminology answer: what could not be evaluated, or was odd.</summary>
/// <param name="Rule">A stable rule id, <c>fhir.terminology.…</c>.</param>
/// <param name="Subject">The canonical of the resource it concerns, with <c>#</c> and the part where that helps; never a patient's data.</param>
/// <param name="Message">One sentence.</param>
public sealed record TerminologyFinding(string Rule, string Subject, string Message);

/// <summary>A rule of terminology, with its entry in the catalogue of findings.</summary>
/// <param name="Id">Stable, <c>fhir.terminology.…</c>.</param>
internal sealed record TerminologyRule(string Id, string Message, string Example, string Remedy)
{
    public TerminologyFinding At(string subject) => new(Id, subject, Message);
}

internal static class TerminologyRules
{
    public static readonly TerminologyRule ValueSetUnknown = new("fhir.terminology.value-set-unknown",
        "This value set is not among the definitions, so nothing can be said of its codes.", "A binding to a value set of a guide that was not loaded.", "Load the package that defines it.");

    public static readonly TerminologyRule ValueSetCycle = new("fhir.terminology.value-set-cycle",
        "This value set includes itself, directly or through others; what it would add by that is unknown.", "Value set A includes B, and B includes A.", "Have the value sets' author break the circle.");

    public static readonly TerminologyRule ValueSetTooDeep = new("fhir.terminology.value-set-too-deep",
        "Value sets include one another deeper than 64; what lies below is unknown.", "A chain of 65 value sets.", "Include the last ones directly.");

    public static readonly TerminologyRule CodeSystemUnknown = new("fhir.terminology.code-system-unknown",
        "This code system is not among the definitions, so its codes cannot be checked.", "A LOINC code, without LOINC.", "Load the code system, or have a terminology server check the code.");

    public static readonly TerminologyRule CodeSystemVersion = new("fhir.terminology.code-system-version-unknown",
        "The version of the code system that is asked for is not among the definitions.", "A value set of version 2 of a code system that is here as version 1.", "Load that version, or leave the version out.");

    public static readonly TerminologyRule CodeSystemIncomplete = new("fhir.terminology.code-system-incomplete",
        "Only part of this code system is among the definitions (its content is not 'complete'); other codes cannot be checked.", "A code system with content 'fragment'.", "Load the whole code system.");

    public static readonly TerminologyRule CodeNotInSystem = new("fhir.terminology.code-not-in-system",
        "The code system does not have the code.", "Whether unicorn is a kind of mammal.", "Use a code of the system.");

    public static readonly TerminologyRule HierarchyCycle = new("fhir.terminology.hierarchy-cycle",
        "A concept of this code system is its own ancestor; the cycle is cut where it closes.", "a is a child of b, and b of a.", "Have the code system's author correct the hierarchy.");

    public static readonly TerminologyRule HierarchyMeaning = new("fhir.terminology.hierarchy-not-is-a",
        "The hierarchy of this code system does not mean is-a, so that is not told by it.", "Whether a wheel is a kind of car, where the hierarchy means part-of.", "Ask another system, or list the codes.");

    public static readonly TerminologyRule FilterUnsupported = new("fhir.terminology.filter-unsupported",
        "This filter's operator is not one of R4's, or it lacks its property or value.", "A filter with the operator child-of, which is of R5.", "Have the value set's author use R4's operators.");

    public static readonly TerminologyRule FilterOutside = new("fhir.terminology.filter-not-evaluable",
        "A filter on a code system that is not here in full cannot be evaluated.", "LOINC codes of a certain scale, without LOINC.", "Load the code system.");

    public static readonly TerminologyRule FilterRegex = new("fhir.terminology.filter-regex",
        "The filter's regular expression is faulty, too large, or needs backtracking.", "A filter with the expression (a)\\1.", "Have the value set's author write it without back-references and look-arounds.");

    public static readonly TerminologyRule TooCostly = new("fhir.terminology.too-costly",
        "The value set has more codes than are expanded at once.", "All of a code system with 50,000 codes.", "Ask for a page, or with a filter.");

    public static readonly TerminologyRule ExpansionOpen = new("fhir.terminology.expansion-incomplete",
        "The value set also holds codes that cannot be listed: of a grammar, or of a code system that is not here.", "The value set of all UCUM units.", "Check single codes instead.");

    public static readonly TerminologyRule StoredExpansion = new("fhir.terminology.expansion-stored",
        "The value set's own stored expansion was used for what could not be evaluated.", "A value set of SNOMED CT codes that carries its expansion.", "Nothing, if the expansion is recent.");

    public static readonly TerminologyRule SupplementUsed = new("fhir.terminology.supplement-used",
        "A supplement adds designations or properties to this code system.", "A code system with a translation beside it.", "Nothing; it tells where a text comes from.");

    public static readonly TerminologyRule SupplementUnknown = new("fhir.terminology.supplement-unknown",
        "The value set asks for a supplement of its code system that is not among the definitions; its displays and properties are missing.", "A value set with texts in a language that a supplement brings.", "Load the package that defines the supplement.");

    public static readonly TerminologyRule DisplayDiffers = new("fhir.terminology.display-differs",
        "The display is not one that the code system or the value set gives for this code.", "\"Female\" for the code male.", "Use the code system's own text, and the sender's words in CodeableConcept.text.");

    public static readonly TerminologyRule SystemMissing = new("fhir.terminology.system-missing",
        "A Coding without a system has no defined meaning and cannot be checked.", "A Coding with code only.", "Add the system.");

    public static readonly TerminologyRule CodeMissing = new("fhir.terminology.code-missing",
        "There is no code to check.", "A CodeableConcept with text only.", "Add a coding.");

    public static readonly TerminologyRule NotInValueSet = new("fhir.terminology.code-not-in-value-set",
        "The code is not in the value set.", "The gender f.", "Use a code of the value set.");

    public static readonly TerminologyRule MapUnknown = new("fhir.terminology.concept-map-unknown",
        "This concept map is not among the definitions.", "A translation by a map of a guide that was not loaded.", "Load the package that defines it.");

    public static readonly TerminologyRule MapCycle = new("fhir.terminology.concept-map-cycle",
        "A concept map refers unmapped codes to itself, directly or through others.", "Map A refers to B for the rest, and B to A.", "Have the maps' author break the circle.");
}
