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
    public static async Task<SiteApplied> ApplyAsync(Installation installation, SiteModel site, CancellationToken cancellation)
    {
        await ProvideKeysAsync(installation, site, cancellation);
        return await Snapshots(installation).ApplyAsync(site, Environment.UserName, cancellation);
    }

    /// <summary>Makes the keys a trial lacks, before anything is stored under them.</summary>
    /// <exception cref="RefusalException">A key is gone under which something may have been stored: another in its place would lose it.</exception>
    public static async Task ProvideKeysAsync(Installation installation, SiteModel site, CancellationToken cancellation)
    {
        installation.UseKeysOf(site);
        if (await Snapshots(installation).CurrentAsync(cancellation) is not null
            && SiteKeys.OfStore(site).FirstOrDefault(name => !installation.Keys.Has(name)) is { } lost)
        {
            throw new RefusalException(new Refusal(
                "key.lost",
                $"The key {lost} is not in {installation.Keys.Place}, and what is stored here was written under it. Bring it back from your backup, or name its folder with ISTHMUS_KEYS; for a fresh start give an empty folder in ISTHMUS_DATA.",
                FailureDomain.Store));
        }

        SiteKeys.CreateMissing(site, installation.KeyFiles);
    }

    private static SiteSnapshots Snapshots(Installation installation) => new(installation.Store.For(ZoneRole.Operator));

    public static IReadOnlyDictionary<string, string> EnvironmentVariables() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? string.Empty, StringComparer.Ordinal);
}

/// <summary>A site that does not load, with everything that is wrong with it.</summary>
internal sealed class SiteFaultyException(IReadOnlyList<SiteFault> faults)
    : Exception(string.Join(Environment.NewLine, faults.Select(f => f.Shown)));
