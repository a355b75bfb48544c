namespace Isthmus.Records.Facts;

/// <summary>The beginnings of a name that are in the index: those between find it while it is typed, shorter ones would find everyone.</summary>
internal static class NamePrefixes
{
    private const int Shortest = 3;
    private const int Longest = 8;

    /// <summary>All that a folded text is found by.</summary>
    public static IEnumerable<string> Of(string folded)
    {
        for (var length = Math.Min(Shortest, folded.Length); length > 0 && length <= Math.Min(Longest, folded.Length); length++)
        {
            yield return folded[..length];
        }
    }

    /// <summary>The one by which to look for what begins so; null where too little is said.</summary>
    public static string? ToFind(string folded) => folded.Length < Shortest ? null : folded[..Math.Min(Longest, folded.Length)];
}
