using static Isthmus.Fhir.Validation.Findings.FindingSeverity;

namespace Isthmus.Fhir.Validation.Findings;

/// <summary>What the answers to a questionnaire can break (FHIR R4 questionnaireresponse.html, questionnaire.html).</summary>
internal static class FormRules
{
    public static readonly FindingRule Unknown = new("fhir.form.unknown", Warning, "not-found",
        "The questionnaire is not among the definitions, so the answers were not checked against it.", """{"questionnaire":"http://example.org/q"}""", "Load the questionnaire.");

    public static readonly FindingRule OutsidePeriod = new("fhir.form.outside-period", Warning, "business-rule",
        "The response was authored outside of the period in which the questionnaire was in effect.", "An answer of 2021 to a questionnaire in effect from 2022.", "Check the date, and which version was answered.");

    public static readonly FindingRule UnknownItem = new("fhir.form.unknown-item", Error, "not-found",
        "The questionnaire has no item with this linkId.", """{"item":[{"linkId":"zz"}]}""", "Use the linkId of the questionnaire.");

    public static readonly FindingRule Misplaced = new("fhir.form.misplaced-item", Error, "structure",
        "The questionnaire has this item in another place.", "An item of a group outside of the group.", "Nest the items as the questionnaire does.");

    public static readonly FindingRule Order = new("fhir.form.order", Error, "structure",
        "The items do not stand in the questionnaire's order.", "The second question before the first.", "Keep the questionnaire's order.");

    public static readonly FindingRule Missing = new("fhir.form.required", Error, "required",
        "The required item {0} has no answer.", "A completed response without the answer to a required question.", "Answer it, or leave the response in progress.");

    public static readonly FindingRule EmptyGroup = new("fhir.form.empty-group", Error, "invariant",
        "The required group has no items.", "A completed response with an empty required group.", "Answer the group's questions.");

    public static readonly FindingRule NoAnswers = new("fhir.form.no-answers", Error, "structure",
        "Items of type {0} have no answers.", "An answer to a group or a display text.", "Answer the questions within it.");

    public static readonly FindingRule TooMany = new("fhir.form.too-many", Error, "invalid",
        "The item does not repeat, so it has one answer.", "Two answers to a question that does not repeat.", "Keep one answer.");

    public static readonly FindingRule Type = new("fhir.form.answer-type", Error, "invariant",
        "The answer must be a {0}.", "valueString as the answer to a question of type integer.", "Answer with the type the questionnaire asks for.");

    public static readonly FindingRule NotAnOption = new("fhir.form.option", Error, "invariant",
        "The answer is none of the options that the questionnaire gives.", "A date that is not among answerOption.", "Choose one of the options.");

    public static readonly FindingRule OutsideValueSet = new("fhir.form.value-set", Error, "code-invalid",
        "The answer's code is not in the value set of the options, {0}.", "A code that is not among answerValueSet.", "Choose a code of the value set.");

    public static readonly FindingRule Display = new("fhir.code.display", Error, "invalid",
        "The code system does not call this code what display says.", """{"system":"http://hl7.org/fhir/item-type","code":"string","display":"Australia"}""", "Use the display of the code system.");

    public static readonly FindingRule Exclusive = new("fhir.form.exclusive", Error, "invariant",
        "This option excludes all others, and others are chosen as well.", "None of these together with another option.", "Choose either this one or the others.");

    public static readonly FindingRule BelowMinimum = new("fhir.form.below-minimum", Error, "invariant",
        "The answer is less than the questionnaire allows, {0}.", "5 where the questionnaire wants at least 20.", "Correct the answer.");

    public static readonly FindingRule AboveMaximum = new("fhir.form.above-maximum", Error, "invariant",
        "The answer is greater than the questionnaire allows, {0}.", "5 where the questionnaire wants at most 2.", "Correct the answer.");

    public static readonly FindingRule DecimalPlaces = new("fhir.form.decimal-places", Error, "invariant",
        "The answer has more than {0} decimal places.", "5.1234 where the questionnaire wants two places.", "Round the answer.");

    public static readonly FindingRule TooLong = new("fhir.form.too-long", Error, "invariant",
        "The answer has more than {0} characters.", "A text of 300 characters where maxLength is 200.", "Shorten the answer.");

    public static readonly FindingRule TooShort = new("fhir.form.too-short", Error, "invariant",
        "The answer has fewer than {0} characters.", "A text of two characters where minLength is 5.", "Complete the answer.");

    public static readonly FindingRule Format = new("fhir.form.format", Error, "invariant",
        "The answer does not have the format that the questionnaire asks for.", "A text that is no e-mail address where the questionnaire has a pattern for one.", "Write the answer in that format.");

    public static readonly FindingRule LineBreak = new("fhir.form.line-break", Warning, "invalid",
        "The answer to a question of type string should have no line breaks; type text may.", "Two lines of text.", "Write one line.");

    public static readonly FindingRule MimeType = new("fhir.form.mime-type", Error, "required",
        "The attachment's content type is not among those the questionnaire takes, {0}.", "A PDF where the questionnaire takes images.", "Attach one of these types.");

    public static readonly FindingRule MaxSize = new("fhir.form.max-size", Error, "invariant",
        "The attachment is larger than the questionnaire takes.", "A photo of 10 MB where the limit is 5.", "Attach something smaller.");
}
