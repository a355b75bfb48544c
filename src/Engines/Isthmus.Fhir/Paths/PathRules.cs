namespace Isthmus.Fhir.Paths;

/// <summary>The rule ids of FHIRPath with their sentences. Clauses are those of FHIRPath 2.0.0.</summary>
public static class PathRules
{
    public static readonly (string Rule, string Message) TooLong = ("fhirpath.too-long", "The expression is longer than the limit.");
    public static readonly (string Rule, string Message) TooDeep = ("fhirpath.too-deep", "The expression is nested deeper than the limit.");
    public static readonly (string Rule, string Message) Syntax = ("fhirpath.syntax", "A term, an operator or the end of the expression was expected here.");
    public static readonly (string Rule, string Message) Character = ("fhirpath.character", "This character does not occur in FHIRPath outside strings.");
    public static readonly (string Rule, string Message) OpenString = ("fhirpath.string-open", "The closing quote of this string or name is missing.");
    public static readonly (string Rule, string Message) OpenComment = ("fhirpath.comment-open", "The comment that begins here has no end.");
    public static readonly (string Rule, string Message) Escape = ("fhirpath.escape", "This escape is not one of FHIRPath's.");
    public static readonly (string Rule, string Message) Number = ("fhirpath.number", "The number is larger or more precise than can be held.");
    public static readonly (string Rule, string Message) Time = ("fhirpath.time", "This is not a date, date-time or time.");
    public static readonly (string Rule, string Message) Function = ("fhirpath.function-unknown", "There is no function of this name.");
    public static readonly (string Rule, string Message) Arguments = ("fhirpath.arguments", "The function takes another number of arguments.");
    public static readonly (string Rule, string Message) TypeExpected = ("fhirpath.type-expected", "The name of a type is expected here.");
    public static readonly (string Rule, string Message) TypeUnknown = ("fhirpath.type-unknown", "There is no type of this name.");
    public static readonly (string Rule, string Message) Variable = ("fhirpath.variable-unknown", "There is no variable of this name here.");
    public static readonly (string Rule, string Message) VariableTwice = ("fhirpath.variable-defined-twice", "A variable of this name is defined already.");
    public static readonly (string Rule, string Message) Singleton = ("fhirpath.not-a-single-item", "A single item is needed here, and there are several.");
    public static readonly (string Rule, string Message) Operand = ("fhirpath.operand", "The operator or function cannot be applied to items of these types.");
    public static readonly (string Rule, string Message) Argument = ("fhirpath.argument", "The argument is not of the type or form the function takes.");
    public static readonly (string Rule, string Message) Regex = ("fhirpath.regex", "This is not a regular expression that can be evaluated in bounded time.");
    public static readonly (string Rule, string Message) RegexTime = ("fhirpath.regex-time", "The regular expression took longer than the limit.");
    public static readonly (string Rule, string Message) Profile = ("fhirpath.profile-unknown", "The profile given to conformsTo() cannot be resolved.");
    public static readonly (string Rule, string Message) Steps = ("fhirpath.too-many-steps", "The evaluation took more steps than the limit.");
    public static readonly (string Rule, string Message) Items = ("fhirpath.too-many-items", "The evaluation held more items than the limit.");
    public static readonly (string Rule, string Message) TextLength = ("fhirpath.text-too-long", "A text became longer than the limit.");
    public static readonly (string Rule, string Message) Element = ("fhirpath.element-unknown", "The type that the path has come to has no element of this name.");
    public static readonly (string Rule, string Message) Mismatch = ("fhirpath.type-mismatch", "The operator or function cannot be applied to what stands before it.");
}
