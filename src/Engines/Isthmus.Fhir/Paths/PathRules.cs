namespace Isthmus.Fhir.Paths;

/// <summary>A rule that an expression, or its evaluation, can break, with its entry in the catalogue of findings.</summary>
public sealed record PathRule(string Rule, string Message, string Example, string Remedy);

/// <summary>The rules of FHIRPath.</summary>
public static class PathRules
{
    public static readonly PathRule TooLong = new("fhirpath.too-long", "The expression is longer than the limit.", "A megabyte of text.", "Split the expression.");
    public static readonly PathRule TooDeep = new("fhirpath.too-deep", "The expression is nested deeper than the limit.", "((((… more than 500 deep.", "Take parentheses and nested calls apart.");
    public static readonly PathRule Syntax = new("fhirpath.syntax", "A term, an operator or the end of the expression was expected here.", "name..given", "Complete the term, or take the stray character out.");
    public static readonly PathRule Character = new("fhirpath.character", "This character does not occur in FHIRPath outside strings.", "name # given", "Remove it, or put it in quotes.");
    public static readonly PathRule OpenString = new("fhirpath.string-open", "The closing quote of this string or name is missing.", "name = 'Mara", "Close it; a quote within a string is written \\'.");
    public static readonly PathRule OpenComment = new("fhirpath.comment-open", "The comment that begins here has no end.", "name /* given", "Close it with */.");
    public static readonly PathRule Escape = new("fhirpath.escape", "This escape is not one of FHIRPath's.", "'a\\qb'", "Use \\' \\\" \\` \\\\ \\/ \\f \\n \\r \\t or \\uXXXX; a backslash of a regular expression is written twice.");
    public static readonly PathRule Number = new("fhirpath.number", "The number is larger or more precise than can be held.", "99999999999999999999999999999999", "Use a number of at most 28 digits.");
    public static readonly PathRule Time = new("fhirpath.time", "This is not a date, date-time or time.", "@2014-02-30", "Write @YYYY-MM-DD, @YYYY-MM-DDThh:mm:ss with an offset, or @Thh:mm:ss, each as far as it is known.");
    public static readonly PathRule Function = new("fhirpath.function-unknown", "There is no function of this name.", "name.frist()", "Correct the name; docs/reference/fhirpath.md has all functions.");
    public static readonly PathRule Arguments = new("fhirpath.arguments", "The function takes another number of arguments.", "name.where()", "Give as many arguments as the function takes.");
    public static readonly PathRule TypeExpected = new("fhirpath.type-expected", "The name of a type is expected here.", "value is 1", "Name a type: Quantity, FHIR.code, System.String.");
    public static readonly PathRule TypeUnknown = new("fhirpath.type-unknown", "There is no type of this name.", "value.ofType(Quantitty)", "Correct the name; FHIR types are case-sensitive.");
    public static readonly PathRule Variable = new("fhirpath.variable-unknown", "There is no variable of this name here.", "%patient", "Give the variable with the evaluation, or define it earlier in the same chain.");
    public static readonly PathRule VariableTwice = new("fhirpath.variable-defined-twice", "A variable of this name is defined already.", "defineVariable('a').defineVariable('a')", "Choose another name.");
    public static readonly PathRule Singleton = new("fhirpath.not-a-single-item", "A single item is needed here, and there are several.", "name.given.startsWith('M')", "Say which one is meant: first(), where(…), or all(…) for each.");
    public static readonly PathRule Operand = new("fhirpath.operand", "The operator or function cannot be applied to items of these types.", "birthDate + 1", "Convert one side, or give a duration its unit: birthDate + 1 day.");
    public static readonly PathRule Argument = new("fhirpath.argument", "The argument is not of the type or form the function takes.", "'abc'.substring('b')", "Give the argument its type.");
    public static readonly PathRule Regex = new("fhirpath.regex", "This is not a regular expression that can be evaluated in bounded time.", "matches('(?=a)b')", "Write it without look-around, back references and possessive quantifiers.");
    public static readonly PathRule RegexTime = new("fhirpath.regex-time", "The regular expression took longer than the limit.", "A large pattern on a long text.", "Simplify the pattern.");
    public static readonly PathRule Profile = new("fhirpath.profile-unknown", "The profile given to conformsTo() cannot be resolved.", "conformsTo('http://example.org/unknown')", "Load the guide that has the profile.");
    public static readonly PathRule Steps = new("fhirpath.too-many-steps", "The evaluation took more steps than the limit.", "descendants().select(%resource.descendants())", "Narrow the collection before iterating over it.");
    public static readonly PathRule Items = new("fhirpath.too-many-items", "The evaluation held more items than the limit.", "repeatAll($this)", "Narrow the collection, or use repeat().");
    public static readonly PathRule TextLength = new("fhirpath.text-too-long", "A text became longer than the limit.", "aggregate($total & $total)", "Do not build texts by doubling.");
    public static readonly PathRule Element = new("fhirpath.element-unknown", "The type that the path has come to has no element of this name.", "Patient.nam", "Correct the name; a choice is asked for by its stem: value, not valueQuantity.");
    public static readonly PathRule Mismatch = new("fhirpath.type-mismatch", "The operator or function cannot be applied to what stands before it.", "identifier.contains('a')", "Go on to the element that has the text: identifier.value.");
    public static readonly PathRule Unordered = new("fhirpath.order-undefined", "The order of children() and descendants() is undefined, so no first, last or n-th of them can be asked for.", "descendants().first()", "Ask for the element by name, or sort() first.");
}
