namespace Isthmus.Fhir.Units;

/// <summary>Why a text is not a UCUM code.</summary>
/// <param name="Rule">A stable rule id, <c>fhir.ucum.…</c>.</param>
/// <param name="Offset">Where in the code, from 0.</param>
/// <param name="Message">One sentence; never the code itself.</param>
public sealed record UcumFault(string Rule, int Offset, string Message);

/// <summary>A rule that a unit code can break, with its entry in the catalogue of findings.</summary>
internal sealed record UcumRule(string Id, string Message, string Example, string Remedy);

internal static class UcumRules
{
    public static readonly UcumRule Empty = new("fhir.ucum.empty", "A unit code has at least one character; the unit of a plain number is 1.", "\"\"", "Write 1 for a plain number, or leave system and code out.");
    public static readonly UcumRule TooLong = new("fhir.ucum.too-long", "The unit code is longer than 128 characters.", "A sentence as the code.", "Put words into Quantity.unit.");
    public static readonly UcumRule Character = new("fhir.ucum.character", "A unit code consists of printable ASCII characters, without spaces outside annotations.", "µg", "Write ug: UCUM's micro is u.");
    public static readonly UcumRule UnitExpected = new("fhir.ucum.unit-expected", "A unit, a number or an annotation is expected here.", "mg/", "Complete or drop the operator.");
    public static readonly UcumRule UnknownUnit = new("fhir.ucum.unit-unknown", "UCUM has no unit of this symbol; symbols are case-sensitive.", "MMOL/L", "Write mmol/L.");
    public static readonly UcumRule PrefixNotAllowed = new("fhir.ucum.prefix-not-allowed", "This unit takes no prefix; only metric units do.", "kmin", "Use another unit, or a number: 10*3.min.");
    public static readonly UcumRule Exponent = new("fhir.ucum.exponent", "An exponent is a whole number from -99 to 99 and not zero.", "m0", "Write the factor as often as it counts, or leave it out.");
    public static readonly UcumRule Number = new("fhir.ucum.number", "A number in a unit code is whole, positive and of at most 18 digits.", "0.m", "Put the number into Quantity.value.");
    public static readonly UcumRule Parenthesis = new("fhir.ucum.parenthesis", "A parenthesis is not closed, or closed without being opened.", "mg/(kg.d", "Close it.");
    public static readonly UcumRule TooDeep = new("fhir.ucum.too-deep", "Parentheses are nested deeper than 16.", "((((((((((((((((((m", "Leave out what is not needed.");
    public static readonly UcumRule Annotation = new("fhir.ucum.annotation", "An annotation is not closed, or contains a brace.", "m{a", "Close it.");
    public static readonly UcumRule Special = new("fhir.ucum.special-in-product", "A special unit such as Cel stands alone; it has no powers and no products with other units.", "W/Cel", "Use K.");
    public static readonly UcumRule OutOfRange = new("fhir.ucum.out-of-range", "The unit's magnitude is beyond any use; prefixes and powers of ten add up to too much.", "Ym99.Ym99.Ym99", "Correct the exponents.");
    public static readonly UcumRule Trailing = new("fhir.ucum.operator-expected", "A dot, a slash or the end of the code is expected here.", "m(s)", "Put a dot between the factors.");
}
