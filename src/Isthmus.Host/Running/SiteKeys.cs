using Isthmus.Exchange.Contracts;
using Isthmus.Inbound;
using Isthmus.Inbound.Admission;
using Isthmus.Trust.Keys;
using Isthmus.Trust.Tokens;

namespace Isthmus.Host.Running;

/// <summary>Which keys a site needs, and which of them each zone is given.</summary>
internal static class SiteKeys
{
    /// <summary>
    /// Makes what is missing, so that a trial starts with one command. A production site's keys are brought, and a vault's are
    /// put there: a missing one stops the zone that needs it.
    /// </summary>
    public static void CreateMissing(SiteModel site, KeyFolder keys)
    {
        if (site.Environment == SiteEnvironment.Production || site.Keys.Provider == KeyProvider.Vault)
        {
            return;
        }

        keys.CreateSealingPairIfMissing(SealedTo.Mediation);
        keys.CreateSealingPairIfMissing(SealedTo.Outbound);
        keys.CreateSecretIfMissing(InboundZone.OrderKeyFile);
        keys.CreateSecretIfMissing(site.Keys.Records);
        keys.CreateSecretIfMissing(site.Keys.Pseudonyms);
        keys.CreateSecretIfMissing(SigningKeys.SecretName);
        keys.CreateSecretIfMissing(AdmissionPath.AnswersKeyFile);
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

    /// <summary>The keys without which what is stored cannot be read, found or put in order again.</summary>
    public static IEnumerable<string> OfStore(SiteModel site) =>
    [
        KeySource.PrivateName(SealedTo.Mediation), KeySource.PrivateName(SealedTo.Outbound), InboundZone.OrderKeyFile,
        site.Keys.Records, site.Keys.Pseudonyms,
    ];

    /// <summary>The keys without which nothing behind the door can answer.</summary>
    public static IEnumerable<string> OfDoor(SiteModel site) =>
    [
        SigningKeys.SecretName, AdmissionPath.AnswersKeyFile, site.Keys.Records, KeySource.PublicName(SealedTo.Mediation), InboundZone.OrderKeyFile,
    ];

    /// <summary>Gives a zone that runs on its own what it needs, and no more: its key files, or the token with which the vault knows it.</summary>
    /// <exception cref="KeyMissingException">A file is not there.</exception>
    public static void Give(ZoneName zone, SiteModel site, KeyFolder files, string folder)
    {
        if (site.Keys.Vault is { } vault)
        {
            var own = $"{vault.Token}.{zone.Word()}";
            files.Give(files.Has(own) ? own : vault.Token, folder, vault.Token);
            if (vault.Authorities is { } authorities && !Path.IsPathRooted(authorities))
            {
                files.Give(authorities, folder);
            }

            return;
        }

        foreach (var name in Of(zone, site).Where(name => site.Keys.Provider == KeyProvider.Folder || files.Has(name)))
        {
            files.Give(name, folder);
        }
    }

    /// <summary>The keys that a zone needs.</summary>
    private static IEnumerable<string> Of(ZoneName zone, SiteModel site) => zone switch
    {
        ZoneName.Inbound =>
        [
            KeySource.PublicName(SealedTo.Mediation), InboundZone.OrderKeyFile,
            .. OfListeners(site, l => l.Kind != ListenerKind.Api),
        ],
        ZoneName.Api => site.Access is null ? [] : [.. OfDoor(site), .. OfListeners(site, l => l.Kind == ListenerKind.Api)],
        ZoneName.Mediation =>
        [
            KeySource.PrivateName(SealedTo.Mediation), KeySource.PublicName(SealedTo.Mediation), KeySource.PublicName(SealedTo.Outbound),
            site.Keys.Records, site.Keys.Pseudonyms,
        ],
        ZoneName.Outbound =>
        [
            KeySource.PrivateName(SealedTo.Outbound), KeySource.PublicName(SealedTo.Outbound),
            .. site.Destinations.Values.SelectMany(OfDestination),
        ],
        _ => [],
    };

    private static IEnumerable<string> OfListeners(SiteModel site, Func<ListenerSettings, bool> which) =>
        site.Listeners.Values.Where(which).Select(l => l.Tls).OfType<TlsSettings>()
            .SelectMany(t => new[] { t.Certificate, t.Key, t.ClientAuthorities }).OfType<string>().Where(f => !Path.IsPathRooted(f));

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
