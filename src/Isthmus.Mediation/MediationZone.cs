using Isthmus.Exchange.Contracts;
using Isthmus.Mediation.Admit;
using Isthmus.Mediation.Alarm;
using Isthmus.Mediation.Commit;
using Isthmus.Mediation.Complete;
using Isthmus.Mediation.Conform;
using Isthmus.Mediation.Identify;
using Isthmus.Mediation.Inbox;
using Isthmus.Mediation.Order;
using Isthmus.Mediation.Read;
using Isthmus.Mediation.Route;
using Isthmus.Mediation.Sites;
using Isthmus.Mediation.Translate;
using Isthmus.Mediation.Validate;
using Isthmus.Records.Commit;
using Isthmus.Records.Keys;
using Isthmus.Store.Connections;
using Isthmus.Store.Leases;
using Isthmus.Store.WakeUps;
using Isthmus.Trust.Consent;
using Isthmus.Trust.Keys;
using Isthmus.Trust.Keys.Sealing;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Isthmus.Mediation;

/// <summary>Zone 2: takes journalled messages, carries each along <see cref="MessagePath"/>, and hands over what is due.</summary>
public sealed class MediationZone(
    StoreAccess store, KeySource keys, LiveSite site, string node, TimeProvider time, ILoggerFactory loggers)
{
    /// <summary>The zone's name for leases and wake-ups.</summary>
    public const string Name = "mediation";

    /// <summary>While one waits for the store, the others use the cores.</summary>
    private const int Workers = 2;

    private readonly NpgsqlDataSource source = store.For(ZoneRole.Mediation);

    /// <summary>Works until cancelled; then ends the batches under way and returns the leases.</summary>
    public async Task RunAsync(CancellationToken draining)
    {
        var tenant = await TenantKeys.LoadAsync(source, keys, site.Current.Keys.Records, site.Current.Tenant.Id, draining);
        using var opener = new Opener(source, keys, SealedTo.Mediation);
        using var sealer = new Sealer(source, keys, SealedTo.Outbound, time);
        using var leases = new PartitionLeases(source, Name, node, time);
        await using var wakeUps = new WakeReceiver(source, Name, time);
        var sites = new SiteVersions(site, tenant.SignalKey);
        var logger = loggers.CreateLogger<MediationZone>();

        Task[] watching =
        [
            new HoldWatch(source, time, logger).RunAsync(draining),
            new JournalRetention(source, () => site.Current, time, logger).RunAsync(draining),
        ];
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(lane => Task.Run(
            async () =>
            {
                var readers = new ReaderPool();
                var path = PathFor(tenant, opener, sealer, leases, readers);
                await new MediationWorker(lane, Workers, leases, wakeUps, new InboxQueue(source, sites), path, readers, logger).RunAsync(draining);
            },
            CancellationToken.None)).Concat(watching));
        await leases.ReturnAsync(CancellationToken.None);
    }

    private MessagePath PathFor(TenantKeys tenant, Opener opener, Sealer sealer, PartitionLeases leases, ReaderPool readers)
    {
        var pseudonymKey = keys.Secret(site.Current.Keys.Pseudonyms);
        var route = new RouteToDestinations(new ConsentStore(source), tenant.Tenant, pseudonymKey, time);
        return new MessagePath(
            new Open(opener),
            new Parse(readers),
            new DetectCritical(),
            new AdmitFields(readers),
            new ValidateMessage(),
            new IdentifyPatient(source, tenant.Tenant, tenant.IdentityKey),
            new TranslateToFhir(tenant.ResourceIdKey, time),
            new CheckConformance(),
            new CheckCompleteness(),
            route,
            new CommitBatch(source, tenant, new RecordCommit(tenant), sealer, route, leases));
    }
}
