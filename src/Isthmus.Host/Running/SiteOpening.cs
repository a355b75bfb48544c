using System.Collections;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Governance.Snapshots;
using Isthmus.Store.Connections;

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

    /// <summary>Puts a checked site into force for every node, and makes the keys a trial lacks.</summary>
    public static Task<SiteApplied> ApplyAsync(Installation installation, SiteModel site, CancellationToken cancellation)
    {
        installation.UseKeysOf(site);
        SiteKeys.CreateMissing(site, installation.Keys);
        return new SiteSnapshots(installation.Store.For(ZoneRole.Operator)).ApplyAsync(site, Environment.UserName, cancellation);
    }

    public static IReadOnlyDictionary<string, string> EnvironmentVariables() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? string.Empty, StringComparer.Ordinal);
}

/// <summary>A site that does not load, with everything that is wrong with it.</summary>
internal sealed class SiteFaultyException(IReadOnlyList<SiteFault> faults)
    : Exception(string.Join(Environment.NewLine, faults.Select(f => $"{f.Path}:{f.Line}: {f.Rule}: {f.Text}")));
