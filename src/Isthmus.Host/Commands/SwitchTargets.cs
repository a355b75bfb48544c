using System.Globalization;
using Isthmus.Exchange;
using Isthmus.Governance.Snapshots;
using Isthmus.Host.Running;
using Isthmus.Store.Connections;
using Isthmus.Trust.Access;
using Isthmus.Trust.Access.Switches;

namespace Isthmus.Host.Commands;

/// <summary>Whether what is to be switched off exists: a name mistyped in a hurry would stop nothing, and nobody would know.</summary>
internal static class SwitchTargets
{
    public static async Task<Refusal?> ObjectionAsync(Installation installation, SwitchKind kind, string target, CancellationToken cancellation) => kind switch
    {
        SwitchKind.Client => await IsClientAsync(installation, target, cancellation) ? null : Unknown("client"),
        SwitchKind.Tenant => short.TryParse(target, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? null : Unknown("tenant's number"),
        SwitchKind.Scope => Scope.TryParse(target, out _) || ScopeSet.IsWord(target) ? null : Unknown("scope"),
        SwitchKind.Integration => await IsOfSiteAsync(installation, s => s.ApiContracts.Select(c => c.Name), target, cancellation) ? null : Unknown("API integration"),
        SwitchKind.Destination => await IsOfSiteAsync(installation, s => s.Destinations.Keys, target, cancellation) ? null : Unknown("destination"),
        _ => DoorRouteNames.All.Contains(target) ? null : Unknown("route"),
    };

    private static Refusal Unknown(string what) => new(
        "switch.target-unknown", $"There is no such {what} here, so nothing would stop. Look at its name, and try again.", FailureDomain.Client);

    private static async Task<bool> IsClientAsync(Installation installation, string id, CancellationToken cancellation)
    {
        await using var command = installation.Store.For(ZoneRole.Operator).CreateCommand("SELECT EXISTS (SELECT FROM access.client WHERE id = $1)");
        command.Parameters.AddWithValue(id);
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static async Task<bool> IsOfSiteAsync(
        Installation installation, Func<Exchange.Contracts.SiteModel, IEnumerable<string>> names, string target, CancellationToken cancellation)
    {
        var snapshots = new SiteSnapshots(installation.Store.For(ZoneRole.Operator));
        await using var watch = await SiteWatch.StartAsync(snapshots, SiteOpening.EnvironmentVariables(), TimeProvider.System, cancellation);
        return names(watch.Current).Contains(target, StringComparer.Ordinal);
    }
}
