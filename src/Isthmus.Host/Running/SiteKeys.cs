using Isthmus.Exchange.Contracts;
using Isthmus.Inbound;
using Isthmus.Trust.Keys;

namespace Isthmus.Host.Running;

/// <summary>Which key files a site needs, and which of them each zone is given.</summary>
internal static class SiteKeys
{
    /// <summary>
    /// Makes what is missing, so that a trial starts with one command. A production site's keys are brought: there a missing
    /// one stops the zone that needs it.
    /// </summary>
    public static void CreateMissing(SiteModel site, KeyFolder keys)
    {
        if (site.Environment == SiteEnvironment.Production)
        {
            return;
        }

        keys.CreateSealingPairIfMissing(SealedTo.Mediation);
        keys.CreateSealingPairIfMissing(SealedTo.Outbound);
        keys.CreateSecretIfMissing(InboundZone.OrderKeyFile);
        keys.CreateSecretIfMissing(site.Keys.Records);
        keys.CreateSecretIfMissing(site.Keys.Pseudonyms);
        foreach (var destination in site.Destinations.Values.Where(d => d.Key is not null))
        {
            if (destination.Authentication == DestinationAuthentication.PrivateKeyJwt)
            {
                keys.CreateSigningPairIfMissing(destination.Key!);
            }
            else if (destination.Authentication != DestinationAuthentication.MutualTls)
            {
                // A certificate is issued by somebody the receiver trusts: it is brought, even for a trial.
                keys.CreateSecretIfMissing(destination.Key!);
            }
        }
    }

    /// <summary>The files without which what is stored cannot be read, found or put in order again.</summary>
    public static IEnumerable<string> OfStore(SiteModel site) =>
    [
        KeyFolder.PrivateName(SealedTo.Mediation), KeyFolder.PrivateName(SealedTo.Outbound), InboundZone.OrderKeyFile,
        site.Keys.Records, site.Keys.Pseudonyms,
    ];

    /// <summary>The files that a zone running on its own is given.</summary>
    public static IEnumerable<string> Of(ZoneName zone, SiteModel site) => zone switch
    {
        ZoneName.Inbound =>
        [
            KeyFolder.PublicName(SealedTo.Mediation), InboundZone.OrderKeyFile,
            .. site.Listeners.Values.Select(l => l.Tls).OfType<TlsSettings>()
                .SelectMany(t => new[] { t.Certificate, t.Key, t.ClientAuthorities }).OfType<string>().Where(f => !Path.IsPathRooted(f)),
        ],
        ZoneName.Mediation =>
        [
            KeyFolder.PrivateName(SealedTo.Mediation), KeyFolder.PublicName(SealedTo.Mediation), KeyFolder.PublicName(SealedTo.Outbound),
            site.Keys.Records, site.Keys.Pseudonyms,
        ],
        ZoneName.Outbound =>
        [
            KeyFolder.PrivateName(SealedTo.Outbound), KeyFolder.PublicName(SealedTo.Outbound),
            .. site.Destinations.Values.SelectMany(OfDestination),
        ],
        _ => [],
    };

    private static IEnumerable<string> OfDestination(DestinationSettings destination)
    {
        string[] own = destination switch
        {
            { Key: null } => [],
            { Authentication: DestinationAuthentication.PrivateKeyJwt } => [destination.Key + ".key"],
            { Authentication: DestinationAuthentication.MutualTls } => [destination.Key + ".pem", destination.Key + ".key"],
            _ => [destination.Key],
        };
        return destination.Mllp?.Authorities is { } authorities && !Path.IsPathRooted(authorities) ? [.. own, authorities] : own;
    }
}
