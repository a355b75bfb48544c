using System.Collections;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;

namespace Isthmus.Host.Running;

/// <summary>Opens a site folder for a command: the checked model, or all its faults at once.</summary>
internal static class SiteOpening
{
    /// <exception cref="SiteFaultyException">The folder has faults.</exception>
    public static SiteModel Load(DirectoryInfo folder)
    {
        var inspection = SiteInspection.Inspect(folder.FullName, EnvironmentVariables(), TimeProvider.System);
        return inspection.Model ?? throw new SiteFaultyException(inspection.Faults);
    }

    public static IReadOnlyDictionary<string, string> EnvironmentVariables() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? string.Empty, StringComparer.Ordinal);
}

/// <summary>A site that does not load, with everything that is wrong with it.</summary>
internal sealed class SiteFaultyException(IReadOnlyList<SiteFault> faults)
    : Exception(string.Join(Environment.NewLine, faults.Select(f => $"{f.Path}:{f.Line}: {f.Rule}: {f.Text}")));
