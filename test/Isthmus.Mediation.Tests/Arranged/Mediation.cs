using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Exchange.Deliveries;
using Isthmus.Exchange.Journal;
using Isthmus.Exchange.Packs;
using Isthmus.Mediation.Admit;
using Isthmus.Mediation.Alarm;
using Isthmus.Mediation.Commit;
using Isthmus.Mediation.Complete;
using Isthmus.Mediation.Conform;
using Isthmus.Mediation.Identify;
using Isthmus.Mediation.Inbox;
using Isthmus.Mediation.Read;
using Isthmus.Mediation.Register;
using Isthmus.Mediation.Route;
using Isthmus.Mediation.Sites;
using Isthmus.Mediation.Translate;
using Isthmus.Mediation.Validate;
using Isthmus.Records.Commit;
using Isthmus.Records.Keys;
using Isthmus.Records.Read;
using Isthmus.Store.Connections;
using Isthmus.Store.Leases;
using Isthmus.Testing;
using Isthmus.Trust.Consent;
using Isthmus.Trust.Consent.Import;
using Isthmus.Trust.Keys;
using Isthmus.Trust.Keys.Sealing;
using Npgsql;

namespace Isthmus.Mediation.Tests.Arranged;

/// <summary>
/// One worker of the zone on a database of its own, with the demo's site, patients and consents. Messages are journalled
/// as the edge does it: sealed, through <c>exchange.append</c>, under the edge's login.
/// </summary>
internal sealed class Mediation : IAsyncDisposable
{
    private readonly Sealer edge;
    private readonly Opener opener;
    private readonly Sealer sealer;
    private readonly Opener outbound;
    private readonly TenantKeys tenant;
    private readonly ReaderPool readers = new();

    private Mediation(TestStore store, KeyFolder keys, TenantKeys tenant, DemoSite site, string node)
    {
        this.tenant = tenant;
        (Store, Keys, Site) = (store, keys, site);
        var source = store.For(ZoneRole.Mediation);
        edge = new Sealer(store.For(ZoneRole.Inbound), keys, SealedTo.Mediation, TimeProvider.System);
        opener = new Opener(source, keys, SealedTo.Mediation);
        sealer = new Sealer(source, keys, SealedTo.Outbound, TimeProvider.System);
        outbound = new Opener(store.For(ZoneRole.Outbound), keys, SealedTo.Outbound);
        Leases = new PartitionLeases(source, MediationZone.Name, node, TimeProvider.System);
        Inbox = new InboxQueue(source, new SiteVersions(site, tenant.SignalKey));
        var route = new RouteToDestinations(new ConsentStore(source), tenant.Tenant, keys.Secret(site.Current.Keys.Pseudonyms), TimeProvider.System);
        Path = new MessagePath(
            new Open(opener), new Parse(readers), new DetectCritical(), new AdmitFields(readers), new ValidateMessage(),
            new IdentifyPatient(source, tenant.Tenant, tenant.IdentityKey), new TranslateToFhir(tenant.ResourceIdKey, TimeProvider.System),
            new CheckConformance(), new CheckCompleteness(), route,
            new CommitBatch(source, tenant, new RecordCommit(tenant), sealer, route, Leases));
    }

    public TestStore Store { get; }

    public TenantKeys Tenant => tenant;

    public KeyFolder Keys { get; }

    public DemoSite Site { get; }

    public PartitionLeases Leases { get; }

    public InboxQueue Inbox { get; }

    public MessagePath Path { get; }

    public static async Task<Mediation> StartAsync()
    {
        var store = await TestStore.CreateAsync(
            typeof(KeyFolder).Assembly, typeof(TenantKeys).Assembly, typeof(Governance.SiteLoader).Assembly, typeof(MediationZone).Assembly);
        var keys = new KeyFolder(Scratch.NewFolder("mediation").FullName);
        var site = new DemoSite();
        keys.CreateSealingPairIfMissing(SealedTo.Mediation);
        keys.CreateSealingPairIfMissing(SealedTo.Outbound);
        keys.CreateSecretIfMissing(site.Current.Keys.Records);
        keys.CreateSecretIfMissing(site.Current.Keys.Pseudonyms);
        var tenant = await TenantKeys.LoadAsync(
            store.For(ZoneRole.Mediation), keys, site.Current.Keys.Records, site.Current.Tenant.Id, CancellationToken.None);
        var mediation = new Mediation(store, keys, tenant, site, "first");
        await mediation.RegisterAsync();
        return mediation;
    }

    /// <summary>A second worker on the same database, under another node's name.</summary>
    public Mediation Beside() => new(Store, Keys, tenant, Site, "second");

    /// <summary>Journals a message and returns its id. Messages of one PID-3 have one order key, as at the edge.</summary>
    public Task<long> JournalAsync(Oru message, long? orderKey = null) =>
        JournalAsync(message.Bytes(), message.ControlId, orderKey ?? KeyOf(message.Identifiers));

    public Task<long> JournalAsync(Adt message, long? orderKey = null) =>
        JournalAsync(message.Bytes(), message.ControlId, orderKey ?? KeyOf($"his/{message.Identifiers}"), "his");

    /// <param name="key">Null takes one of its own.</param>
    public async Task<long> JournalAsync(byte[] frame, string controlId, long? key = null, string source = "lab")
    {
        var orderKey = key ?? KeyOf(controlId);
        var session = await edge.CurrentAsync(CancellationToken.None);
        var body = session.Seal(Compression.Pack(frame), JournalSeal.Bound(source, controlId), out var nonce);
        await using var append = Store.For(ZoneRole.Inbound).CreateCommand(
            "SELECT message_id FROM exchange.append(1::smallint, interval '7 days', false, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
        append.Parameters.AddWithValue(new[] { source });
        append.Parameters.AddWithValue(new[] { controlId });
        append.Parameters.AddWithValue(new[] { KeyOf(controlId) });
        append.Parameters.AddWithValue(new[] { Guid.NewGuid() });
        append.Parameters.AddWithValue(new[] { orderKey });
        append.Parameters.AddWithValue(new[] { PartitionLeases.PartitionOf(orderKey) });
        append.Parameters.AddWithValue(new[] { session.Id });
        append.Parameters.AddWithValue(new[] { nonce });
        append.Parameters.AddWithValue(new[] { frame.Length });
        append.Parameters.AddWithValue(new[] { body });
        return (long)(await append.ExecuteScalarAsync())!;
    }

    private static long KeyOf(string text) => BitConverter.ToInt64(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Journals a message, works, and says what became of it.</summary>
    public async Task<Worked> CarryAsync(Oru message)
    {
        var id = await JournalAsync(message);
        await WorkAsync();
        return await OutcomeAsync(id);
    }

    /// <summary>Journals a message, works, and says what became of it.</summary>
    public async Task<Worked> CarryAsync(Adt message)
    {
        var id = await JournalAsync(message);
        await WorkAsync();
        return await OutcomeAsync(id);
    }

    public async Task<Worked> CarryAsync(byte[] frame)
    {
        var id = await JournalAsync(frame, Guid.NewGuid().ToString("N"));
        await WorkAsync();
        return await OutcomeAsync(id);
    }

    /// <summary>Works until the queue is empty.</summary>
    public async Task WorkAsync()
    {
        while (await TakeAsync() is { Batch.Count: > 0 } next)
        {
            await Path.CarryAsync(next.Batch, next.Under, CancellationToken.None);
        }
    }

    /// <summary>Works as the zone does: what fails is tried again. Gives up after so many failures.</summary>
    public async Task WorkStubbornlyAsync(int mostFailures)
    {
        for (var failures = 0; ;)
        {
            try
            {
                await WorkAsync();
                return;
            }
            catch (NpgsqlException) when (++failures <= mostFailures)
            {
                Leases.Invalidate();
            }
        }
    }

    public async Task<(IReadOnlyList<Leased> Batch, IReadOnlyList<LeasedPartition> Under)> TakeAsync()
    {
        readers.Reset();
        var held = await Leases.HoldAsync(CancellationToken.None);
        var batch = await Inbox.TakeAsync(held, CancellationToken.None);
        return (batch, [.. held.Where(l => batch.Any(m => m.Partition == l.Partition))]);
    }

    public async Task<Worked> OutcomeAsync(long id)
    {
        var rows = await ReadAsync(
            $"SELECT outcome, person, site_version, steps, findings FROM mediation.message WHERE message_id = {id}",
            r => new Worked(
                id, r.GetChar(0), r.IsDBNull(1) ? null : r.GetGuid(1), r.GetString(2),
                JsonDocument.Parse(r.GetString(3)).RootElement, JsonDocument.Parse(r.GetString(4)).RootElement));
        return Assert.Single(rows);
    }

    public Task<List<SignalRow>> SignalsAsync(string kind, params Worked[] of) => ReadAsync(
        $"SELECT message_id, kind, key, location, subject, detail FROM exchange.signal WHERE kind = '{kind}'"
        + $" AND message_id IN ({string.Join(',', of.Select(m => m.Id))}) ORDER BY message_id, id",
        r => new SignalRow(r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5)));

    public Task<List<DeliveryRow>> DeliveriesAsync(long? message = null) => ReadAsync(
        "SELECT message_id, no, person, destination, state, reason, seal_key, seal_nonce, payload FROM exchange.delivery"
        + (message is null ? " ORDER BY id" : $" WHERE message_id = {message} ORDER BY id"),
        r => new DeliveryRow(
            r.GetInt64(0), r.GetInt64(1), r.GetGuid(2), r.GetString(3), r.GetChar(4), r.GetString(5),
            r.IsDBNull(6) ? null : r.GetInt32(6), r.IsDBNull(7) ? null : r.GetInt64(7), r.IsDBNull(8) ? null : r.GetFieldValue<byte[]>(8)));

    /// <summary>The kinds of event that a message owes the ledger, in order.</summary>
    public Task<List<string>> LedgerKindsAsync(long message) => ReadAsync(
        $"SELECT e.kind FROM ledger.pending p, unnest(p.kind, p.message) WITH ORDINALITY AS e(kind, message, ord) WHERE e.message = {message} ORDER BY p.id, e.ord",
        r => r.GetString(0));

    /// <summary>The details of a message's events of one kind, in order.</summary>
    public Task<List<JsonElement>> LedgerDetailsAsync(long message, string kind) => ReadAsync(
        "SELECT e.detail FROM ledger.pending p, unnest(p.kind, p.message, p.detail) WITH ORDINALITY AS e(kind, message, detail, ord)"
        + $" WHERE e.message = {message} AND e.kind = '{kind}' ORDER BY p.id, e.ord",
        r => JsonDocument.Parse(r.GetString(0)).RootElement);

    /// <summary>A payload as Outbound opens it.</summary>
    public async Task<IReadOnlyList<PackedResource>> PayloadAsync(DeliveryRow delivery)
    {
        var session = await outbound.SessionAsync(delivery.SealKey!.Value, CancellationToken.None);
        var bound = DeliverySeal.Bound(delivery.Message, new PersonId(delivery.Person), delivery.Destination);
        return ResourcePack.Read(Compression.Unpack(session.Open(delivery.Payload, bound, delivery.Nonce!.Value)));
    }

    public async Task<string> PayloadTextAsync(long message, string destination)
    {
        var delivery = Assert.Single(await DeliveriesAsync(message), d => d.Destination == destination);
        return string.Join('\n', (await PayloadAsync(delivery)).Select(r => Encoding.UTF8.GetString(r.Json.Span)));
    }

    /// <summary>What a message committed.</summary>
    public async Task<string> RecordsTextAsync(long message)
    {
        var read = await new RecordReader(Store.For(ZoneRole.Mediation), tenant)
            .ReadMessageAsync(message, new ReadAuthority("test", "TREAT", "test"), CancellationToken.None);
        return string.Join('\n', read.Select(r => Encoding.UTF8.GetString(r.Json.Span)));
    }

    public async Task<List<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> row)
    {
        await using var connection = new NpgsqlConnection(Store.OwnerAddress + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        var rows = new List<T>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            rows.Add(row(reader));
        }

        return rows;
    }

    public async Task<long> CountAsync(string from) => Assert.Single(await ReadAsync($"SELECT count(*) FROM {from}", r => r.GetInt64(0)));

    public async ValueTask DisposeAsync()
    {
        edge.Dispose();
        opener.Dispose();
        sealer.Dispose();
        outbound.Dispose();
        Leases.Dispose();
        await Store.DisposeAsync();
    }

    private async Task RegisterAsync()
    {
        var source = Store.For(ZoneRole.Mediation);
        var registry = new PersonRegistry(source, tenant);
        await registry.RegisterAsync(LinesOf("patients.ndjson"), "test", CancellationToken.None);
        var import = new ConsentImport(
            new ConsentStore(source), tenant.Tenant, async (patient, cancel) => await registry.FindAsync(patient.System, patient.Value.Reveal(), cancel), "test");
        foreach (var consent in LinesOf("consents.ndjson"))
        {
            await import.TakeAsync(consent, "consents", CancellationToken.None);
        }
    }

    private static IEnumerable<ReadOnlyMemory<byte>> LinesOf(string file) =>
        File.ReadLines(Repository.PathOf("site", "demo", "samples", file)).Where(l => l.Length > 0).Select(l => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(l));
}
