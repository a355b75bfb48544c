using System.Globalization;

namespace Isthmus.Fhir.Units;

/// <summary>
/// The grammar of the case-sensitive codes (UCUM 2.1 section 2.2), read left to right with operators of equal rank. Three
/// liberties that FHIR's own value sets take are granted: an annotation may follow a number (<c>/100{WBC}</c>) or a parenthesis
/// (<c>g/(8.h){shift}</c>), and may contain spaces.
/// </summary>
internal sealed class UcumParser
{
    public const int MaxLength = 128;
    private const int MaxDepth = 16;
    private const int MaxExponent = 99;
    private const int MaxNumberDigits = 18;

    /// <summary>A factor of 2^2048 either way is beyond the size of the universe in any unit; it bounds what arithmetic may cost.</summary>
    private const long MaxBits = 2048;

    private readonly string code;
    private readonly UcumTable table;
    private readonly List<UcumFactor> factors = [];
    private int at;
    private UcumFault? fault;
    private Rational factor = Rational.One;
    private Dimensions dimensions = Dimensions.None;
    private (SpecialScale Scale, Rational Reference)? special;
    private int moles;
    private int equivalents;

    private UcumParser(string code, UcumTable table)
    {
        this.code = code;
        this.table = table;
    }

    public static (UcumUnit? Unit, UcumFault? Fault) Read(string code, UcumTable table)
    {
        var parser = new UcumParser(code, table);
        return parser.Run() ? (parser.Made(), null) : (null, parser.fault);
    }

    private UcumUnit Made() => new(code, [.. factors], factor, dimensions, special?.Scale, special?.Reference ?? Rational.One, moles, equivalents);

    private bool Run()
    {
        if (code.Length == 0)
        {
            return Refuse(UcumRules.Empty, 0);
        }

        if (code.Length > MaxLength)
        {
            return Refuse(UcumRules.TooLong, MaxLength);
        }

        var odd = code.AsSpan().IndexOfAnyExceptInRange(' ', '~');
        if (odd >= 0)
        {
            return Refuse(UcumRules.Character, odd);
        }

        var sign = Peek == '/' ? -1 : 1;
        at += sign < 0 ? 1 : 0;
        return Term(sign, 1, 0) && (at == code.Length || Refuse(Peek == ')' ? UcumRules.Parenthesis : UcumRules.Trailing, at));
    }

    private char Peek => at < code.Length ? code[at] : '\0';

    /// <param name="first">The sign of the first component; the leading slash of a code.</param>
    /// <param name="outer">The sign of the parentheses around: what stands in those below the line is turned round.</param>
    /// <param name="depth">How many parentheses are open.</param>
    private bool Term(int first, int outer, int depth)
    {
        var sign = first;
        while (Component(sign * outer, depth))
        {
            if (Peek is not ('.' or '/'))
            {
                return true;
            }

            sign = Peek == '/' ? -1 : 1;
            at++;
        }

        return false;
    }

    private bool Component(int sign, int depth)
    {
        if (Peek == '(')
        {
            return Parenthesis(sign, depth);
        }

        var start = at;
        var symbol = Symbol();
        if (symbol.Length == 0 && Peek != '{')
        {
            return Refuse(Peek == ')' && depth == 0 ? UcumRules.Parenthesis : UcumRules.UnitExpected, at);
        }

        var exponent = 1;
        var isNumber = symbol.Length > 0 && symbol.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0;
        if (!isNumber && symbol.Length > 0 && !Exponent(out exponent))
        {
            return false;
        }

        if (!Annotation(out var annotation))
        {
            return false;
        }

        factors.Add(new UcumFactor(symbol, sign * exponent, annotation));
        return symbol.Length == 0
            || (isNumber ? Number(symbol, sign, start) : Unit(symbol, sign * exponent, start));
    }

    private bool Parenthesis(int sign, int depth)
    {
        var opened = at++;
        if (depth >= MaxDepth)
        {
            return Refuse(UcumRules.TooDeep, opened);
        }

        if (!Term(1, sign, depth + 1))
        {
            return false;
        }

        if (Peek != ')')
        {
            return at == code.Length ? Refuse(UcumRules.Parenthesis, opened) : Refuse(UcumRules.Trailing, at);
        }

        at++;
        if (!Annotation(out var annotation))
        {
            return false;
        }

        if (annotation.Length > 0)
        {
            factors.Add(new UcumFactor(string.Empty, 1, annotation));
        }

        return true;
    }

    /// <summary>A number, or a unit symbol: it ends at an operator, an exponent, a bracket of the grammar; not within square brackets.</summary>
    private string Symbol()
    {
        var start = at;
        if (code.AsSpan(at).StartsWith("10*") || code.AsSpan(at).StartsWith("10^"))
        {
            at += 3;
            return code[start..at];
        }

        if (char.IsAsciiDigit(Peek))
        {
            while (char.IsAsciiDigit(Peek))
            {
                at++;
            }

            return code[start..at];
        }

        while (at < code.Length && !char.IsAsciiDigit(Peek) && Peek is not ('.' or '/' or '(' or ')' or '{' or '}' or '+' or '-' or ' '))
        {
            var close = Peek == '[' ? code.IndexOf(']', at) : at;
            at = close < 0 ? code.Length : close + 1;
        }

        return code[start..at];
    }

    private bool Exponent(out int exponent)
    {
        exponent = 1;
        var start = at;
        at += Peek is '+' or '-' ? 1 : 0;
        while (char.IsAsciiDigit(Peek))
        {
            at++;
        }

        return at == start
            || (int.TryParse(code.AsSpan(start, at - start), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)
                && exponent is >= -MaxExponent and <= MaxExponent and not 0)
            || Refuse(UcumRules.Exponent, start);
    }

    private bool Annotation(out string annotation)
    {
        annotation = string.Empty;
        if (Peek != '{')
        {
            return true;
        }

        var start = at;
        var end = code.AsSpan(start + 1).IndexOfAny('{', '}') + start + 1;
        if (end <= start || code[end] != '}')
        {
            return Refuse(UcumRules.Annotation, start);
        }

        at = end + 1;
        annotation = code[start..at];
        return true;
    }

    private bool Number(string digits, int sign, int start)
    {
        if (digits.Length > MaxNumberDigits || long.Parse(digits, CultureInfo.InvariantCulture) is not (> 0 and var number))
        {
            return Refuse(UcumRules.Number, start);
        }

        return Multiply(Rational.Of(number).Power(sign), start);
    }

    private bool Unit(string symbol, int exponent, int start)
    {
        if (table.Find(symbol, out var prefixRefused) is not { } found)
        {
            return Refuse(prefixRefused ? UcumRules.PrefixNotAllowed : UcumRules.UnknownUnit, start);
        }

        // A special unit may be scaled by numbers and prefixes, nothing else (UCUM 2.1 §22).
        if ((found.Atom.Scale is not null && (exponent != 1 || special is not null || !dimensions.IsNumber))
            || (special is not null && !found.Atom.Dimensions.IsNumber))
        {
            return Refuse(UcumRules.Special, start);
        }

        moles += found.Atom.Code == "mol" ? exponent : 0;
        equivalents += found.Atom.Code == "eq" ? exponent : 0;
        dimensions = dimensions.Times(found.Atom.Dimensions, exponent);
        if (found.Atom.Scale is null)
        {
            return Multiply((found.Prefix * found.Atom.Factor).Power(exponent), start);
        }

        special = (found.Atom.Scale, found.Atom.Factor);
        return Multiply(found.Prefix, start);
    }

    private bool Multiply(Rational by, int start)
    {
        factor *= by;
        return factor.Bits <= MaxBits || Refuse(UcumRules.OutOfRange, start);
    }

    private bool Refuse(UcumRule rule, int offset)
    {
        var broken = offset < code.Length && code[offset] == ' ' ? UcumRules.Character : rule;
        fault ??= new UcumFault(broken.Id, offset, broken.Message);
        return false;
    }
}
