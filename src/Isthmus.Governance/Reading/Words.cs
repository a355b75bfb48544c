using Isthmus.Governance.Yaml;

namespace Isthmus.Governance.Reading;

/// <summary>Texts with a shape of their own.</summary>
internal static class Words
{
    public const string NameShape = "a name of small letters, digits and hyphens";
    public const string VersionShape = "a version such as 1.0.0";

    public static string Name(Section section, string key, string why) => section.Value<string>(key, why, TryName, NameShape) ?? string.Empty;

    public static string Version(Section section, string key, string why) => section.Value<string>(key, why, TryVersion, VersionShape) ?? string.Empty;

    public static string OneOf(Section section, string key, string why, params string[] words)
    {
        bool Known(string text, out string value)
        {
            value = text;
            return words.Contains(text);
        }

        return section.Value<string>(key, why, Known, $"one of {string.Join(", ", words)}") ?? string.Empty;
    }

    /// <summary>A purpose must say something to a reader who knows no interface: words, and an end.</summary>
    public static string Sentence(Section section, string key, string why)
    {
        var text = section.Text(key, why).ReplaceLineEndings(" ");
        if (text is not [] and not ['<', .., '>'] && (!text.EndsWith('.') || text.Count(c => c == ' ') < 2))
        {
            section.Fault(key, SiteRules.PurposeSentence, $"`{key}` must be one sentence that says why, ending in a full stop.");
        }

        return text;
    }

    /// <summary>For a fault: <c>`a`, `b`</c>.</summary>
    public static string Quoted(IEnumerable<string> words) => string.Join(", ", words.Select(w => $"`{w}`"));

    public static bool TryName(string text, out string value)
    {
        value = text;
        return text.Length <= 64 && char.IsAsciiLetterLower(text[0]) && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
    }

    private static bool TryVersion(string text, out string value)
    {
        value = text;
        var parts = text.Split('.');
        return parts.Length == 3 && parts.All(p => p.Length is > 0 and < 7 && p.All(char.IsAsciiDigit));
    }
}
