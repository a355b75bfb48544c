using Isthmus.Exchange.Contracts;

namespace Isthmus.Host.Doctor;

/// <summary>The key files: there, private, and apart from the data they open.</summary>
internal static class KeyChecks
{
    private const UnixFileMode AnybodyElse =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    public static IEnumerable<Diagnosis> Examine(string dataFolder, KeySettings settings, SiteEnvironment environment)
    {
        var folder = Path.Combine(dataFolder, settings.Folder);
        if (!Directory.Exists(folder))
        {
            yield return Diagnosis.When(
                environment == SiteEnvironment.Demo, "keys.folder", $"There are no keys in {folder} yet.",
                Verdict.Fault, "Bring the site's keys: only a demo site makes its own.");
            yield break;
        }

        var open = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Prepend(folder)
            .Where(path => !path.EndsWith(".pub", StringComparison.Ordinal) && (File.GetUnixFileMode(path) & AnybodyElse) != UnixFileMode.None)
            .Select(path => $"{Path.GetRelativePath(dataFolder, path)} ({MachineChecks.Octal(File.GetUnixFileMode(path))})")
            .ToArray();
        yield return Diagnosis.When(
            open.Length == 0, "keys.permissions",
            open.Length == 0 ? $"The keys in {folder} are readable by their owner only." : $"Others may get at {string.Join(", ", open)}.",
            Verdict.Fault, $"chmod -R go= '{folder}'");

        var together = Path.GetFullPath(folder).StartsWith(Path.GetFullPath(dataFolder) + "/", StringComparison.Ordinal);
        yield return Diagnosis.When(
            !together || environment == SiteEnvironment.Demo, "keys.apart",
            together ? "The keys lie in the data folder: whoever copies the one has the other." : "The keys lie apart from the data.",
            Verdict.Warning, "Set keys.folder of isthmus.yaml to a folder on another volume, and back it up separately.");
    }
}
