namespace Isthmus.Testing.Runner;

/// <summary>The built test assemblies to run, and the part of the full name that picks tests in them.</summary>
internal sealed record Selection(IReadOnlyList<string> Assemblies, string? TestName)
{
    public static Selection Choose(string home, string? word)
    {
        var all = Directory.GetDirectories(Path.Combine(home, "test"), "*.Tests")
            .Select(folder => Path.Combine(folder, "bin", "Release", "net10.0", Path.GetFileName(folder) + ".dll"))
            .Order(StringComparer.Ordinal)
            .ToArray();
        if (word is null)
        {
            return new Selection(all, null);
        }

        var named = all.Where(assembly => Path.GetFileNameWithoutExtension(assembly).Contains(word, StringComparison.OrdinalIgnoreCase)).ToArray();
        return named.Length > 0 ? new Selection(named, null) : new Selection(all, word);
    }
}
