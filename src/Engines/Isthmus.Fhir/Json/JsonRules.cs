namespace Isthmus.Fhir.Json;

/// <summary>The reader's rule ids with their sentences (RFC 8259; FHIR R4 json.html).</summary>
public static class JsonRules
{
    public static readonly (string Rule, string Message) Utf8 = ("fhir.json.utf8", "The text is not valid UTF-8 from this byte on.");
    public static readonly (string Rule, string Message) Truncated = ("fhir.json.truncated", "The text ends before the document does.");
    public static readonly (string Rule, string Message) Syntax = ("fhir.json.syntax", "A value, a comma or a closing bracket was expected here.");
    public static readonly (string Rule, string Message) Name = ("fhir.json.name", "A property name in double quotes and a colon were expected here.");
    public static readonly (string Rule, string Message) Trailing = ("fhir.json.trailing", "Nothing may follow the document.");
    public static readonly (string Rule, string Message) Number = ("fhir.json.number", "This is not a JSON number; write digits with an optional sign, fraction and exponent.");
    public static readonly (string Rule, string Message) Literal = ("fhir.json.literal", "Only true, false and null are written without quotes.");
    public static readonly (string Rule, string Message) Escape = ("fhir.json.escape", "This escape is not allowed in a JSON string.");
    public static readonly (string Rule, string Message) Surrogate = ("fhir.json.surrogate", "A \\u escape here is half of a surrogate pair.");
    public static readonly (string Rule, string Message) Control = ("fhir.json.control-character", "Control characters must be escaped in a JSON string.");
    public static readonly (string Rule, string Message) DuplicateName = ("fhir.json.duplicate-name", "This property occurs twice in the same object.");
    public static readonly (string Rule, string Message) TooLarge = ("fhir.json.too-large", "The document is larger than the limit.");
    public static readonly (string Rule, string Message) TooDeep = ("fhir.json.too-deep", "The document is nested deeper than the limit.");
    public static readonly (string Rule, string Message) TooManyNodes = ("fhir.json.too-many-nodes", "The document has more values than the limit.");
    public static readonly (string Rule, string Message) NameTooLong = ("fhir.json.name-too-long", "The property name is longer than the limit.");
    public static readonly (string Rule, string Message) NumberTooLong = ("fhir.json.number-too-long", "The number is longer than the limit.");
    public static readonly (string Rule, string Message) NotAResource = ("fhir.json.not-a-resource", "A FHIR resource is a JSON object with a resourceType.");
    public static readonly (string Rule, string Message) UnknownResource = ("fhir.json.unknown-resource-type", "The resourceType is not a resource of FHIR R4.");
}
