using System.Collections;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Governance;

namespace Isthmus.Host.Running;

/// <summary>Opens a site folder for a command: the checked model, or all its faults at once.</summary>
internal static class SiteOpening
{
    /// <exception cref="SiteFaultyException">The folder has faults.</exception>
    public static SiteModel Load(DirectoryInfo folder)
    {
        var (files, faults) = SiteFolder.Read(folder.FullName);
        if (files is null)
        {
            throw new SiteFaultyException(faults);
        }

        var load = SiteLoader.Load(files, EnvironmentVariables(), DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime));
        return load.Model ?? throw new SiteFaultyException(load.Faults);
    }

    public static IReadOnlyDictionary<string, string> EnvironmentVariables() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? string.Empty, StringComparer.Ordinal);
}

/// <summary>A site that does not load, with everything that is wrong with it.</summary>
internal sealed class SiteFaultyException(IReadOnlyList<SiteFault> faults)
    : Exception(string.Join(Environment.NewLine, faults.Select(f => $"{f.Path}:{f.Line}: {f.Rule}: {f.Text}")));
