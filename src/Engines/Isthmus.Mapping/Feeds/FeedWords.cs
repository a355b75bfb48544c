using System.Text;
using Isthmus.Mapping.Language;

namespace Isthmus.Mapping.Feeds;

/// <summary>A feed's rules name columns; this puts the places of its records in their stead, in sources, conditions and texts.</summary>
internal sealed class FeedWords(YamlText file, FeedColumns columns)
{
    public RuleText Translate(RuleText rule) => rule with
    {
        From = [.. rule.From.Select(source => Source(rule.Place, source))],
        Unit = rule.Unit is null ? null : Source(rule.Place, rule.Unit),
        Each = rule.Each is null ? null : Source(rule.Place, rule.Each),
        When = rule.When is null ? null : Condition(rule.When),
        Text = rule.Text is null ? null : Template(rule.Place, rule.Text),
    };

    /// <summary>A part of a key, with its alternatives.</summary>
    public string Key(TextPlace place, string key) => string.Join('|', key.Split('|').Select(part => Source(place, part.Trim())));

    /// <summary>The columns that a part of a key names.</summary>
    public IReadOnlyList<FeedColumn> Columns(string key) => [.. key.Split('|').Select(part => columns.Find(part.Trim())).OfType<FeedColumn>()];

    private string Source(TextPlace place, string name)
    {
        if (columns.Find(name) is { } column)
        {
            return PlaceOf(column);
        }

        if (name is not ("$this" or "$none"))
        {
            file.Fault(place.Line, MapRules.SourceUnknown, $"'{name}' is no column of this feed; known are {string.Join(", ", columns.All.Select(known => known.Name))}.");
        }

        return "$none";
    }

    private string Template(TextPlace place, string template)
    {
        var pieces = template.Split('{');
        for (var i = 1; i < pieces.Length; i++)
        {
            var close = pieces[i].IndexOf('}', StringComparison.Ordinal);
            pieces[i] = close < 0 ? pieces[i] : Source(place, pieces[i][..close]) + pieces[i][close..];
        }

        return string.Join('{', pieces);
    }

    /// <summary>Every bare word that is a column, unless something is compared with it: a text that is also a column's name is quoted.</summary>
    private string Condition(string condition)
    {
        var result = new StringBuilder();
        var at = 0;
        while (at < condition.Length)
        {
            var start = at;
            if (condition[at] == '"')
            {
                var close = condition.IndexOf('"', at + 1);
                at = close < 0 ? condition.Length : close + 1;
            }
            else if (IsDelimiter(condition[at]))
            {
                at++;
            }
            else
            {
                while (at < condition.Length && !IsDelimiter(condition[at]) && condition[at] != '"')
                {
                    at++;
                }
            }

            var word = condition[start..at];
            result.Append(columns.Find(word) is { } column && !IsCompared(condition.AsSpan(0, start)) ? PlaceOf(column) : word);
        }

        return result.ToString();
    }

    private static bool IsCompared(ReadOnlySpan<char> before) => before.TrimEnd().EndsWith("=") || before.TrimEnd().EndsWith("made(");

    private static bool IsDelimiter(char c) => char.IsWhiteSpace(c) || "(),=<>!".Contains(c, StringComparison.Ordinal);

    private static string PlaceOf(FeedColumn column) => $"{column.Segment}-{column.Field}";
}
