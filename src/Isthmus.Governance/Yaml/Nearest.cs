namespace Isthmus.Governance.Yaml;

/// <summary>The candidate closest to a mistyped word, when it is close enough to be meant.</summary>
internal static class Nearest
{
    /// <summary>Two slips, or one in three letters, whichever is more.</summary>
    public static string? To(string word, IEnumerable<string> candidates)
    {
        var within = Math.Max(2, word.Length / 3);
        return candidates
            .Select(candidate => (candidate, distance: Distance(word, candidate)))
            .Where(c => c.distance <= within)
            .OrderBy(c => c.distance)
            .ThenBy(c => c.candidate, StringComparer.Ordinal)
            .Select(c => c.candidate)
            .FirstOrDefault();
    }

    /// <summary>" Did you mean …?" or nothing, to end a fault's text with.</summary>
    public static string Hint(string word, IEnumerable<string> candidates) =>
        To(word, candidates) is { } near ? $" Did you mean `{near}`?" : string.Empty;

    /// <summary>Levenshtein, ignoring case, on one row.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                var same = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]);
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (same ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
