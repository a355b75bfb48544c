using Isthmus.Exchange.Contracts;
using Isthmus.Host.Running;
using Isthmus.Trust.Keys;

namespace Isthmus.Host.Doctor;

/// <summary>Key files and logins: there, private, and apart from the data they open.</summary>
internal static class KeyChecks
{
    private const UnixFileMode AnybodyElse =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Whether a source other than a folder gives what the store cannot do without.</summary>
    public static IEnumerable<Diagnosis> Examine(KeySource keys, SiteModel site)
    {
        if (keys is KeyFolder)
        {
            yield break;
        }

        var missing = SiteKeys.OfStore(site).Where(name => !keys.Has(name)).ToArray();
        yield return Diagnosis.When(
            missing.Length == 0, "keys.source",
            missing.Length == 0 ? $"{keys.Place} gives the keys of the store." : $"{keys.Place} does not give {string.Join(", ", missing)}.",
            Verdict.Fault, "Put them there, and see that the token may read them; docs/operate/keys.md lists what each is.");
    }

    /// <param name="dataFolder">What the keys open, so that it can be seen whether they lie apart from it.</param>
    /// <param name="folder">The folder of the keys, or of the database logins.</param>
    public static IEnumerable<Diagnosis> Examine(string dataFolder, string folder, SiteEnvironment environment)
    {
        var name = Path.GetFileName(folder);
        if (!Directory.Exists(folder))
        {
            yield return Diagnosis.When(
                environment == SiteEnvironment.Demo, $"{name}.folder", $"There is no {folder} yet; a demo makes it at its first start.",
                Verdict.Fault, "Bring the site's own: only a demo makes them.");
            yield break;
        }

        var open = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Prepend(folder)
            .Where(path => !path.EndsWith(".pub", StringComparison.Ordinal) && (File.GetUnixFileMode(path) & AnybodyElse) != UnixFileMode.None)
            .Select(path => $"{Path.GetRelativePath(dataFolder, path)} ({MachineChecks.Octal(File.GetUnixFileMode(path))})")
            .ToArray();
        yield return Diagnosis.When(
            open.Length == 0, $"{name}.permissions",
            open.Length == 0 ? $"What lies in {folder} can be read by its owner only." : $"Others may get at {string.Join(", ", open)}.",
            Verdict.Fault, $"chmod -R go= '{folder}'");

        var together = Path.GetFullPath(folder).StartsWith(Path.GetFullPath(dataFolder) + "/", StringComparison.Ordinal);
        yield return Diagnosis.When(
            !together || environment == SiteEnvironment.Demo, $"{name}.apart",
            together ? $"{folder} lies in the data folder: whoever copies the one has the other." : $"{folder} lies apart from the data.",
            Verdict.Warning, $"Set ISTHMUS_{name.ToUpperInvariant()} to a folder on another volume, and back it up separately.");
    }
}
