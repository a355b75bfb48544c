using System.Collections.Frozen;
using Isthmus.Fhir.Json;

namespace Isthmus.Fhir.Validation.Findings;

/// <summary>The reader's faults as findings, each with an example and a remedy.</summary>
internal static class ReaderRules
{
    public static readonly IReadOnlyList<FindingRule> All =
    [
        Rule(JsonRules.Utf8, "A text in Latin-1.", "Write the text as UTF-8."),
        Rule(JsonRules.Truncated, """{"resourceType":"Patient" """, "Send the whole document."),
        Rule(JsonRules.Syntax, """{"resourceType":"Patient",}""", "Correct the JSON at this place."),
        Rule(JsonRules.Name, """{resourceType:"Patient"}""", "Put names in double quotes and a colon after them."),
        Rule(JsonRules.Trailing, """{"resourceType":"Patient"} x""", "Send one document."),
        Rule(JsonRules.Number, """{"value":01}""", "Write the number as JSON has it."),
        Rule(JsonRules.Literal, """{"active":True}""", "Write true, false or null."),
        Rule(JsonRules.Escape, """{"family":"\x41"}""", "Use an escape of JSON."),
        Rule(JsonRules.Surrogate, """{"family":"\ud800"}""", "Write both halves of the pair."),
        Rule(JsonRules.Control, "A line break within a string.", "Escape the character."),
        Rule(JsonRules.DuplicateName, """{"gender":"male","gender":"female"}""", "Keep one of the two."),
        Rule(JsonRules.TooLarge, "A document of a gigabyte.", "Split it, or raise FhirJsonLimits.MaxBytes."),
        Rule(JsonRules.TooDeep, "A thousand brackets within each other.", "Nest less, or raise FhirJsonLimits.MaxDepth."),
        Rule(JsonRules.TooManyNodes, "An array of a hundred million numbers.", "Split it, or raise FhirJsonLimits.MaxNodes."),
        Rule(JsonRules.NameTooLong, "A property name of a megabyte.", "Use FHIR's names."),
        Rule(JsonRules.NumberTooLong, "A number of a thousand digits.", "Write fewer digits."),
        Rule(JsonRules.NotAResource, """["Patient"]""", "Send an object with resourceType."),
        Rule(JsonRules.UnknownResource, """{"resourceType":"Person2"}""", "Use a resource type of FHIR R4."),
    ];

    private static readonly FrozenDictionary<string, FindingRule> ById = All.ToFrozenDictionary(rule => rule.Id, StringComparer.Ordinal);

    public static FindingRule Of(string id, string message) =>
        ById.TryGetValue(id, out var rule) ? rule : new FindingRule(id, FindingSeverity.Fatal, "invalid", message, "", "");

    private static FindingRule Rule((string Rule, string Message) rule, string example, string remedy) =>
        new(rule.Rule, FindingSeverity.Fatal, "invalid", rule.Message, example, remedy);
}
