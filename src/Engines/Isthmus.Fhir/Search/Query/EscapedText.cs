using System.Text;

namespace Isthmus.Fhir.Search.Query;

/// <summary>Values with a backslash before a comma, bar, dollar sign or backslash that is part of the text (FHIR R4 search.html#escaping).</summary>
internal static class EscapedText
{
    /// <summary>The parts between the separators that are not escaped; escapes stay as they are.</summary>
    public static List<string> Split(string text, char separator, int most = int.MaxValue)
    {
        var parts = new List<string>();
        var start = 0;
        for (var i = 0; i < text.Length && parts.Count < most - 1; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == separator)
            {
                parts.Add(text[start..i]);
                start = i + 1;
            }
        }

        parts.Add(text[start..]);
        return parts;
    }

    public static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var isEscape = text[i] == '\\' && i + 1 < text.Length && text[i + 1] is (',' or '|' or '$' or '\\');
            plain.Append(isEscape ? text[++i] : text[i]);
        }

        return plain.ToString();
    }
}
