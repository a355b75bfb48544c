namespace Isthmus.Fhir.Units;

/// <summary>Why a text is not a UCUM code.</summary>
/// <param name="Rule">A stable rule id, <c>fhir.ucum.…</c>.</param>
/// <param name="Offset">Where in the code, from 0.</param>
/// <param name="Message">One sentence; never the code itself.</param>
public sealed record UcumFault(string Rule, int Offset, string Message);

/// <summary>The rules a unit code can break, with what is said then.</summary>
internal static class UcumRules
{
    public static readonly (string Rule, string Message) Empty = ("fhir.ucum.empty", "A unit code has at least one character; the unit of a plain number is 1.");
    public static readonly (string Rule, string Message) TooLong = ("fhir.ucum.too-long", "The unit code is longer than 128 characters.");
    public static readonly (string Rule, string Message) Character = ("fhir.ucum.character", "A unit code consists of printable ASCII characters, without spaces outside annotations.");
    public static readonly (string Rule, string Message) UnitExpected = ("fhir.ucum.unit-expected", "A unit, a number or an annotation is expected here.");
    public static readonly (string Rule, string Message) UnknownUnit = ("fhir.ucum.unit-unknown", "UCUM has no unit of this symbol; symbols are case-sensitive.");
    public static readonly (string Rule, string Message) PrefixNotAllowed = ("fhir.ucum.prefix-not-allowed", "This unit takes no prefix; only metric units do.");
    public static readonly (string Rule, string Message) Exponent = ("fhir.ucum.exponent", "An exponent is a whole number from -99 to 99 and not zero.");
    public static readonly (string Rule, string Message) Number = ("fhir.ucum.number", "A number in a unit code is whole, positive and of at most 18 digits.");
    public static readonly (string Rule, string Message) Parenthesis = ("fhir.ucum.parenthesis", "A parenthesis is not closed, or closed without being opened.");
    public static readonly (string Rule, string Message) TooDeep = ("fhir.ucum.too-deep", "Parentheses are nested deeper than 16.");
    public static readonly (string Rule, string Message) Annotation = ("fhir.ucum.annotation", "An annotation is not closed, or contains a brace.");
    public static readonly (string Rule, string Message) Special = ("fhir.ucum.special-in-product", "A special unit such as Cel stands alone; it has no powers and no products with other units.");
    public static readonly (string Rule, string Message) OutOfRange = ("fhir.ucum.out-of-range", "The unit's magnitude is beyond any use; prefixes and powers of ten add up to too much.");
    public static readonly (string Rule, string Message) Trailing = ("fhir.ucum.operator-expected", "A dot, a slash or the end of the code is expected here.");
}
