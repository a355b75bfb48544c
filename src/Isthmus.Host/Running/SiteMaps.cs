using System.Text;
using Isthmus.Mapping;

namespace Isthmus.Host.Running;

/// <summary>A site's maps and terminology, straight from its folder.</summary>
internal static class SiteMaps
{
    /// <summary>Bundles that never enter a store need ids that are stable, not secret.</summary>
    public static ReadOnlyMemory<byte> ConvertIdKey { get; } = Encoding.ASCII.GetBytes("isthmus convert: ids without a store");

    public static MapLoadResult Load(DirectoryInfo site) => MapSet.Load(
        new[] { "maps", "terminology" }
            .Select(folder => Path.Combine(site.FullName, folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.TopDirectoryOnly))
            .Where(path => Path.GetExtension(path) is ".yaml" or ".yml" or ".csv")
            .Select(path => (Path.GetRelativePath(site.FullName, path), (ReadOnlyMemory<byte>)File.ReadAllBytes(path))));
}
