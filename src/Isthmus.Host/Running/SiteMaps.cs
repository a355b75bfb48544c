using System.Text;
using Isthmus.Mapping;

namespace Isthmus.Host.Running;

/// <summary>A site's maps and terminology, straight from its folder, with the library they inherit.</summary>
internal static class SiteMaps
{
    /// <summary>Bundles that never enter a store need ids that are stable, not secret.</summary>
    public static ReadOnlyMemory<byte> ConvertIdKey { get; } = Encoding.ASCII.GetBytes("isthmus convert: ids without a store");

    public static MapLoadResult Load(DirectoryInfo site) =>
        MapSet.Load([.. Library(SiteOpening.EnvironmentVariables()), .. Files(site.FullName, "maps"), .. Files(site.FullName, "terminology")]);

    /// <summary>The maps, or null with every fault on standard error.</summary>
    public static MapSet? LoadOrSay(DirectoryInfo site)
    {
        var loaded = Load(site);
        foreach (var fault in loaded.Faults)
        {
            Console.Error.WriteLine(fault);
        }

        return loaded.Maps;
    }

    /// <summary>The library that ships with this version, or the folder that <c>ISTHMUS_LIBRARY</c> names while it is being worked on.</summary>
    public static IReadOnlyList<(string Path, ReadOnlyMemory<byte> Bytes)> Library(IReadOnlyDictionary<string, string> environment) =>
        environment.GetValueOrDefault("ISTHMUS_LIBRARY") is { Length: > 0 } folder
            ? [.. new[] { "hl7v2", "terminology" }.SelectMany(part => Files(folder, part)).Select(file => (MapLibrary.Folder + file.Path, file.Bytes))]
            : MapLibrary.Files;

    private static IEnumerable<(string Path, ReadOnlyMemory<byte> Bytes)> Files(string root, string folder)
    {
        var path = Path.Combine(root, folder);
        return !Directory.Exists(path)
            ? []
            : Directory.EnumerateFiles(path, "*", SearchOption.TopDirectoryOnly)
                .Where(file => Path.GetExtension(file) is ".yaml" or ".yml" or ".csv")
                .Order(StringComparer.Ordinal)
                .Select(file => (Path.GetRelativePath(root, file).Replace('\\', '/'), (ReadOnlyMemory<byte>)File.ReadAllBytes(file)));
    }
}
