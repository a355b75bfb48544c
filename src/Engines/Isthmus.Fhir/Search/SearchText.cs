using System.Globalization;
using System.Text;

namespace Isthmus.Fhir.Search;

/// <summary>
/// Text as it is compared where case, accents, punctuation and the width of white space do not count (FHIR R4 search.html#string).
/// Latin letters lose their marks by a table of their own, because the process runs without the cultures of an operating system.
/// </summary>
public static class SearchText
{
    private const char FirstMark = '\u0300';
    private const char LastMark = '\u036F';

    // The base letters of three blocks of Unicode in their order; a full stop stands for what is not of one letter.
    private const string Latin1 = "aaaaaa.ceeeeiiiidnooooo.ouuuuy..aaaaaa.ceeeeiiiidnooooo.ouuuuy.y";

    private const string LatinExtendedA =
        "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii..jjkkkllllllllllnnnnnnnnnoooooo..rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

    private const string LatinExtendedAdditional =
        "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwyas..."
        + ".aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy......";

    /// <summary>The text in small letters without marks and punctuation, its words parted by one space.</summary>
    public static string Fold(ReadOnlySpan<char> text)
    {
        var folded = new StringBuilder(text.Length);
        var gap = false;
        foreach (var c in text)
        {
            if (char.IsWhiteSpace(c))
            {
                gap = folded.Length > 0;
            }
            else if (c is < FirstMark or > LastMark && IsKept(c))
            {
                if (gap)
                {
                    folded.Append(' ');
                    gap = false;
                }

                Append(folded, c);
            }
        }

        return folded.ToString();
    }

    /// <summary>Signs such as &lt; and + mean something; accents that stand alone are punctuation.</summary>
    private static bool IsKept(char c) =>
        char.IsLetterOrDigit(c) || char.IsSurrogate(c) || (char.IsSymbol(c) && char.GetUnicodeCategory(c) != UnicodeCategory.ModifierSymbol);

    private static void Append(StringBuilder folded, char c)
    {
        if (char.IsAscii(c))
        {
            folded.Append(char.ToLowerInvariant(c));
        }
        else if (Several(c) is { } several)
        {
            folded.Append(several);
        }
        else
        {
            folded.Append(Letter(c));
        }
    }

    private static string? Several(char c) => c switch
    {
        'Æ' or 'æ' => "ae",
        'Œ' or 'œ' => "oe",
        'ß' or 'ẞ' => "ss",
        'Þ' or 'þ' => "th",
        'Ĳ' or 'ĳ' => "ij",
        _ => null,
    };

    private static char Letter(char c)
    {
        var letter = c switch
        {
            >= '\u00C0' and <= '\u00FF' => Latin1[c - '\u00C0'],
            >= '\u0100' and <= '\u017F' => LatinExtendedA[c - '\u0100'],
            >= '\u1E00' and <= '\u1EFF' => LatinExtendedAdditional[c - '\u1E00'],
            >= '\uFF01' and <= '\uFF5E' => char.ToLowerInvariant((char)(c - '\uFF01' + '!')),
            _ => '.',
        };
        return letter == '.' ? char.ToLowerInvariant(c) : letter;
    }
}
