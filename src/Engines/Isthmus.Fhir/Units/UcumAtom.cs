namespace Isthmus.Fhir.Units;

/// <summary>A unit symbol of the table, resolved to base units.</summary>
/// <param name="Code">The case-sensitive symbol.</param>
/// <param name="IsMetric">Whether it takes prefixes.</param>
/// <param name="Factor">How many of its base units it is; of a special unit's scale, how many base units its reference is.</param>
/// <param name="Dimensions">Base units, and arbitrary units, with their exponents.</param>
/// <param name="Scale">Set where the unit is no ratio scale.</param>
internal sealed record UcumAtom(string Code, bool IsMetric, Rational Factor, Dimensions Dimensions, SpecialScale? Scale);

/// <summary>One factor of a unit expression: a prefixed unit, a number, or an annotation standing alone, raised to a power.</summary>
/// <param name="Symbol">As written, without exponent and annotation: <c>mg</c>, <c>10*</c>, <c>100</c>; empty for an annotation.</param>
/// <param name="Exponent">Negative for what stands below the line.</param>
/// <param name="Annotation">With its braces, or empty.</param>
internal readonly record struct UcumFactor(string Symbol, int Exponent, string Annotation)
{
    public bool IsNumber => Symbol.Length == 0 || (char.IsAsciiDigit(Symbol[0]) && Symbol[^1] is not '*' and not '^');
}
