using Isthmus.Testing;

namespace Isthmus.Journeys.Tests.Running;

/// <summary>Copies of the demo's site, for journeys that need some of it otherwise.</summary>
internal static class DemoSite
{
    /// <param name="folder">Where the copy goes.</param>
    /// <param name="changes">A text of a file, and what stands there instead.</param>
    public static async Task CopyToAsync(string folder, params (string File, string Text, string Instead)[] changes)
    {
        var demo = Repository.PathOf("site", "demo");
        foreach (var file in Directory.EnumerateFiles(demo, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(demo, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        foreach (var (file, text, instead) in changes)
        {
            var path = Path.Combine(folder, file);
            var whole = await File.ReadAllTextAsync(path);
            Assert.Contains(text, whole, StringComparison.Ordinal);
            await File.WriteAllTextAsync(path, whole.Replace(text, instead, StringComparison.Ordinal));
        }
    }
}
