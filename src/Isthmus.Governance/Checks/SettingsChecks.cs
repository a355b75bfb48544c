using System.Net;
using Isthmus.Exchange.Contracts;
using Isthmus.Governance.Reading;
using Isthmus.Governance.Yaml;

namespace Isthmus.Governance.Checks;

/// <summary>What must hold inside <c>isthmus.yaml</c> beyond its shape: missing security configuration fails closed.</summary>
internal static class SettingsChecks
{
    public static void Check(Settings settings, Section root)
    {
        foreach (var listener in settings.Listeners.Values)
        {
            if (listener.Tls is null && !IPAddress.IsLoopback(listener.Bind))
            {
                root.Fault("listeners", SiteRules.ListenerWithoutTls, $"Listener `{listener.Name}` leaves loopback and has no `tls`.");
            }
        }

        foreach (var listener in settings.Listeners.Values.Where(l => l.Tls is { ClientRevocations: not null, ClientAuthorities: null }))
        {
            root.Fault("listeners", SiteRules.ListenerRevocations, $"Listener `{listener.Name}` has `client-revocations` without `client-authorities`: nobody's certificate is demanded.");
        }

        foreach (var listener in settings.Listeners.Values.Where(
            l => l.Tls is { ClientCertificates: ClientCertificates.Welcome } tls && (tls.ClientAuthorities is null || l.Kind != ListenerKind.Api)))
        {
            root.Fault(
                "listeners", SiteRules.ListenerCertificates,
                $"Listener `{listener.Name}` has `client-certificates: welcome`; that needs `client-authorities`, and is for `kind: api`, where whoever has none proves itself otherwise.");
        }

        foreach (var shared in settings.Listeners.Values.Where(l => l.Port != 0).GroupBy(l => (l.Bind, l.Port)).Where(g => g.Count() > 1))
        {
            root.Fault("listeners", SiteRules.ListenerPortTaken, $"Listeners {Words.Quoted(shared.Select(l => l.Name))} share port {shared.Key.Port}.");
        }

        foreach (var destination in settings.Destinations.Values)
        {
            Check(destination, root);
        }

        CheckKeys(settings, root);
    }

    private static void CheckKeys(Settings settings, Section root)
    {
        var keys = settings.Keys;
        if (keys.Provider == KeyProvider.Environment && settings.Environment == SiteEnvironment.Production)
        {
            root.Fault("keys", SiteRules.KeysInEnvironment, "A production site takes no keys from the environment, where every process of its user can read them; use `provider: folder` or `vault`.");
        }

        if ((keys.Provider == KeyProvider.Vault) != (keys.Vault is not null))
        {
            root.Fault("keys", SiteRules.VaultUnnamed, "`provider: vault` and the section `vault`, which says where it is, go together.");
        }
        else if (keys.Vault is { } vault && !IsSafe(vault.Address))
        {
            root.Fault("keys", SiteRules.VaultWithoutTls, "Keys from the vault leave loopback in clear; use https.");
        }

        foreach (var name in new[] { keys.Records, keys.Pseudonyms }.Where(k => k.Length > 0).GroupBy(k => k).Where(g => g.Count() > 1))
        {
            root.Fault("keys", SiteRules.KeyShared, $"Key `{name.Key}` serves two ends; each zone has its own.");
        }
    }

    private static void Check(DestinationSettings destination, Section root)
    {
        if (!IsSafe(destination.BaseUrl) || (destination.TokenUrl is { } token && !IsSafe(token)))
        {
            root.Fault("destinations", SiteRules.DestinationWithoutTls,
                $"Destination `{destination.Name}` leaves loopback in clear; use {(destination.Kind == ConnectorKind.Mllp ? "mllps" : "https")}.");
        }

        if (!MethodsOf(destination.Kind).Contains(destination.Authentication))
        {
            root.Fault("destinations", SiteRules.DestinationAuth, $"Destination `{destination.Name}` cannot prove itself by this `method`; its kind knows others.");
            return;
        }

        var oauth = destination.Authentication is DestinationAuthentication.PrivateKeyJwt or DestinationAuthentication.ClientSecret;
        var keyless = destination.Authentication == DestinationAuthentication.Network;
        if ((destination.Key is null && !keyless) || (oauth && (destination.TokenUrl is null || destination.ClientId is null)))
        {
            root.Fault("destinations", SiteRules.DestinationAuth, oauth
                ? $"Destination `{destination.Name}` needs `token-url`, `client-id` and `key` under `authentication`."
                : $"Destination `{destination.Name}` needs `key` under `authentication`.");
        }
    }

    private static DestinationAuthentication[] MethodsOf(ConnectorKind kind) => kind == ConnectorKind.Mllp
        ? [DestinationAuthentication.MutualTls, DestinationAuthentication.Network]
        : [DestinationAuthentication.PrivateKeyJwt, DestinationAuthentication.ClientSecret, DestinationAuthentication.HmacSignature];

    private static bool IsSafe(Uri url) => url.Scheme is "https" or "mllps" || url.IsLoopback;
}
