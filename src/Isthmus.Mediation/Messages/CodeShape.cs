namespace Isthmus.Mediation.Messages;

/// <summary>Whether what stands in a code's place looks like a code. A name may look like one: what is shown to everybody needs more.</summary>
internal static class CodeShape
{
    /// <summary>LOINC, SNOMED CT and local codes are shorter; what is longer or has spaces is no code.</summary>
    private const int LongestCode = 20;

    /// <summary>A display longer than this is a sentence.</summary>
    private const int LongestDisplay = 60;

    public static bool IsCode(string text) =>
        text.Length is > 0 and <= LongestCode && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '/' or '%' or '#' or '+' or '*');

    /// <summary>Units are spelt with more signs than codes are: <c>10^3/uL</c>, <c>mL/min/{1.73_m2}</c>.</summary>
    public static bool IsUnit(string text) => text.Length is > 0 and <= LongestCode && text.All(c => c is > ' ' and <= '~' or '\u00B5' or '\u03BC');

    /// <summary>A name such as a list of tests gives: words, no digits in a row that could be a number of a person.</summary>
    public static bool IsDisplay(string text)
    {
        var digits = 0;
        foreach (var c in text)
        {
            digits = char.IsAsciiDigit(c) ? digits + 1 : 0;
            if (digits > 4 || char.IsControl(c))
            {
                return false;
            }
        }

        return text.Length is > 0 and <= LongestDisplay;
    }
}
