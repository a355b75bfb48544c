namespace Isthmus.Fhir.Definitions;

/// <summary>Canonical references, <c>url|version</c>, and the order of versions (FHIR R4 references.html#canonical).</summary>
internal static class CanonicalVersion
{
    public static (string Url, string? Version) Split(string canonical) =>
        canonical.IndexOf('|', StringComparison.Ordinal) is var bar and >= 0 ? (canonical[..bar], canonical[(bar + 1)..]) : (canonical, null);

    /// <summary>Numbers between points by value, other words by text: 4.0.10 is after 4.0.9, and a label (-ballot) before the release.</summary>
    public static int Compare(string left, string right)
    {
        var (one, oneLabel) = Labelled(left);
        var (two, twoLabel) = Labelled(right);
        for (var i = 0; i < Math.Max(one.Length, two.Length); i++)
        {
            var order = ComparePart(i < one.Length ? one[i] : "0", i < two.Length ? two[i] : "0");
            if (order != 0)
            {
                return order;
            }
        }

        return (oneLabel.Length == 0, twoLabel.Length == 0) switch
        {
            (true, true) => 0,
            (true, false) => 1,
            (false, true) => -1,
            _ => string.CompareOrdinal(oneLabel, twoLabel),
        };
    }

    private static (string[] Parts, string Label) Labelled(string version) =>
        version.IndexOf('-', StringComparison.Ordinal) is var dash and >= 0 ? (version[..dash].Split('.'), version[(dash + 1)..]) : (version.Split('.'), "");

    private static int ComparePart(string one, string two) =>
        int.TryParse(one, System.Globalization.CultureInfo.InvariantCulture, out var first) && int.TryParse(two, System.Globalization.CultureInfo.InvariantCulture, out var second)
            ? first.CompareTo(second)
            : string.CompareOrdinal(one, two);
}
