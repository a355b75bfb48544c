using System.Text.Json.Serialization;

namespace Isthmus.Exchange;

/// <summary>
/// The files of a site folder, read once: path relative to the folder with forward slashes, to bytes.
/// A snapshot is identified by the hash over all of them.
/// </summary>
/// <param name="Version">First twelve hex digits of the SHA-256 over the sorted paths and contents.</param>
public sealed record SiteFiles(string Version, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Files)
{
    /// <summary>The files below a folder, e.g. <c>maps/</c>, in path order.</summary>
    public IEnumerable<(string Path, ReadOnlyMemory<byte> Bytes)> Under(string folder) =>
        Files.Where(f => f.Key.StartsWith(folder, StringComparison.Ordinal))
            .OrderBy(f => f.Key, StringComparer.Ordinal)
            .Select(f => (f.Key, f.Value));
}

/// <summary>One fault of a site folder, to be shown with all the others at once.</summary>
public sealed record SiteFault(string Path, int Line, string Rule, string Text)
{
    /// <summary>One line in the form that editors and CI logs link: <c>path:line: text [rule]</c>.</summary>
    [JsonIgnore]
    public string Shown => Line > 0 ? $"{Path}:{Line}: {Text} [{Rule}]" : $"{Path}: {Text} [{Rule}]";
}
