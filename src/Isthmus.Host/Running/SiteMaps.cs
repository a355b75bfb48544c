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
    public static MapSet? LoadOrSay(DirectoryInfo site) => OrSay(Load(site));

    /// <summary>The maps of a site with further files over them, or of the site folder that the path is.</summary>
    /// <param name="path">A site folder, a folder of maps and tables or of the library, or one file; null for the site alone.</param>
    public static MapLoadResult LoadWith(DirectoryInfo site, string? path)
    {
        if (path is null || Directory.Exists(Path.Combine(path, "maps")))
        {
            return Load(path is null ? site : new DirectoryInfo(path));
        }

        if (Directory.Exists(Path.Combine(path, "hl7v2")))
        {
            return MapSet.Load(LibraryIn(path));
        }

        var folder = Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!;
        var given = Files(folder, string.Empty).Where(file => Directory.Exists(path) || file.Path == Path.GetFileName(path)).Select(file => ("maps/" + file.Path, file.Bytes)).ToList();
        var others = Files(site.FullName, "maps").Concat(Files(site.FullName, "terminology"))
            .Where(file => !given.Exists(one => Path.GetFileName(one.Item1) == Path.GetFileName(file.Path)));
        return MapSet.Load([.. Library(SiteOpening.EnvironmentVariables()), .. others, .. given]);
    }

    /// <summary>Whether a path is a file, or a folder in which <see cref="LoadWith"/> finds any.</summary>
    public static bool HasAny(string path) =>
        File.Exists(path) || new[] { string.Empty, "maps", "terminology", "hl7v2" }.Any(folder => Files(path, folder).Any());

    /// <summary>The library with the tables of the demo's senders, whose messages its examples are; null with every fault on standard error.</summary>
    public static MapSet? LibraryOrSay()
    {
        var environment = SiteOpening.EnvironmentVariables();
        return OrSay(MapSet.Load([.. Library(environment), .. Files(Path.Combine(Home(environment), "site", "demo"), "terminology")]));
    }

    /// <summary>Where a site's golden examples are; null for a folder that has none, or is no site's.</summary>
    public static string? ExamplesOf(string site) => Existing(Path.Combine(site, "maps", "examples"));

    /// <summary>Where the library's golden examples are, if its source is at hand.</summary>
    public static string? LibraryExamples()
    {
        var environment = SiteOpening.EnvironmentVariables();
        var source = Path.Combine(Home(environment), "src", "Engines", "Isthmus.Mapping", "Library");
        return Existing(Path.Combine(environment.GetValueOrDefault("ISTHMUS_LIBRARY") is { Length: > 0 } library ? library : source, "examples"));
    }

    /// <summary>The library that ships with this version, or the folder that <c>ISTHMUS_LIBRARY</c> names while it is being worked on.</summary>
    public static IReadOnlyList<(string Path, ReadOnlyMemory<byte> Bytes)> Library(IReadOnlyDictionary<string, string> environment) =>
        environment.GetValueOrDefault("ISTHMUS_LIBRARY") is { Length: > 0 } folder
            ? LibraryIn(folder)
            : MapLibrary.Files;

    private static MapSet? OrSay(MapLoadResult loaded)
    {
        foreach (var fault in loaded.Faults)
        {
            Console.Error.WriteLine(fault);
        }

        return loaded.Maps;
    }

    private static string Home(IReadOnlyDictionary<string, string> environment) => environment.GetValueOrDefault("ISTHMUS_HOME") ?? string.Empty;

    private static string? Existing(string folder) => Directory.Exists(folder) ? folder : null;

    private static List<(string Path, ReadOnlyMemory<byte> Bytes)> LibraryIn(string folder) =>
        [.. new[] { "hl7v2", "reverse", "terminology" }.SelectMany(part => Files(folder, part)).Select(file => (MapLibrary.Folder + file.Path, file.Bytes))];

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
