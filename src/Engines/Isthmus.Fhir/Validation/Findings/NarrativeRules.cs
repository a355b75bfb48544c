using static Isthmus.Fhir.Validation.Findings.FindingSeverity;

namespace Isthmus.Fhir.Validation.Findings;

/// <summary>What a narrative can break (FHIR R4 narrative.html#xhtml; txt-1, txt-2).</summary>
internal static class NarrativeRules
{
    public static readonly FindingRule Root = new("fhir.narrative.root", Error, "invalid",
        "A narrative is one div element in the namespace http://www.w3.org/1999/xhtml.", """{"div":"<p>text</p>"}""", "Put the content into <div xmlns=\"http://www.w3.org/1999/xhtml\">.");

    public static readonly FindingRule NotWellFormed = new("fhir.narrative.well-formed", Error, "invalid",
        "The narrative is not well-formed XML: {0}.", """{"div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>text</div>"}""", "Close and quote everything as XML wants it.");

    public static readonly FindingRule Element = new("fhir.narrative.element", Error, "invariant",
        "The narrative has an element that is not among the formatting elements allowed (txt-1).", """{"div":"<div ...><script>...</script></div>"}""", "Use text formatting, tables, lists, links and images only.");

    public static readonly FindingRule Attribute = new("fhir.narrative.attribute", Error, "invariant",
        "The narrative has an attribute that is not among those allowed (txt-1).", """{"div":"<div ...><p onclick=\"...\">text</p></div>"}""", "Remove the attribute.");

    public static readonly FindingRule Script = new("fhir.narrative.script", Error, "invariant",
        "A link or an image of the narrative names a scheme that runs code.", """{"div":"<div ...><a href=\"javascript:...\">text</a></div>"}""", "Link to content.");

    public static readonly FindingRule Entity = new("fhir.narrative.entity", Error, "invalid",
        "The narrative has an entity that XML does not define; only amp, lt, gt, quot, apos, nbsp and numbers are.", """{"div":"<div ...>&reg;</div>"}""", "Write the character itself.");

    public static readonly FindingRule Empty = new("fhir.narrative.empty", Error, "invariant",
        "A narrative has some text or an image (txt-2).", """{"div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"> </div>"}""", "Give it content, or leave text out.");
}
