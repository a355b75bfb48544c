using System.Buffers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Exchange.Deliveries;
using Isthmus.Exchange.Packs;
using Isthmus.Governance;
using Isthmus.Outbound.Deliveries;
using Isthmus.Simulators.Ehr;
using Isthmus.Simulators.Registry;
using Isthmus.Store.Connections;
using Isthmus.Store.Leases;
using Isthmus.Testing;
using Isthmus.Trust.Consent;
using Isthmus.Trust.Consent.Directives;
using Isthmus.Trust.Keys;
using Isthmus.Trust.Keys.Sealing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Isthmus.Outbound.Tests.Deliveries;

/// <summary>A database with deliveries to make, the demo site pointed at simulated partners, and the zone to run over them.</summary>
internal sealed class Arrangement : IAsyncDisposable
{
    private readonly string folder = Scratch.NewFolder("outbound").FullName;
    private readonly TestStore store;
    private readonly HttpClient client = new();
    private readonly Dictionary<(Guid, string), long> numbers = [];
    private Sealer sealer = null!;

    private Arrangement(TestStore store)
    {
        this.store = store;
        Keys = new KeyFolder(Path.Combine(folder, "keys"));
    }

    public KeyFolder Keys { get; }

    public EhrSimulator Ehr { get; private set; } = null!;

    public RegistrySimulator Registry { get; private set; } = null!;

    public SiteModel Site { get; set; } = null!;

    public TestStore Store => store;

    public DeadLetters DeadLetters => new(store.For(ZoneRole.Operator));

    public ConsentStore Consents => new(store.For(ZoneRole.Mediation));

    public static async Task<Arrangement> CreateAsync()
    {
        var arrangement = new Arrangement(await TestStore.CreateAsync(typeof(KeyFolder).Assembly, typeof(OutboundZone).Assembly));
        await arrangement.StartAsync();
        return arrangement;
    }

    /// <summary>Queues a delivery as Mediation does.</summary>
    public async Task<long> QueueAsync(string destination, Guid person, params PackedResource[] documents)
    {
        var messageId = Random.Shared.NextInt64(1, long.MaxValue);
        var no = numbers[(person, destination)] = numbers.GetValueOrDefault((person, destination)) + 1;
        var pack = new ArrayBufferWriter<byte>();
        ResourcePack.Write(documents, pack);
        var session = await sealer.CurrentAsync(CancellationToken.None);
        var payload = session.Seal(
            Compression.Pack(pack.WrittenSpan), DeliverySeal.Bound(messageId, new PersonId(person), destination), out var nonce);
        await using var command = store.For(ZoneRole.Mediation).CreateCommand(
            """
            INSERT INTO exchange.delivery (message_id, no, person, seal_key, tenant, partition, state, destination, purpose, contract,
                site_version, effect, reason, policy_version, seal_nonce, payload)
            VALUES ($1, $2, $3, $4, 1, $5, 'p', $6, 'TREAT', 'lab-results@1.0.0', 'v', 'p', 'consent.none-required', 'us-hipaa@1.0.0', $7, $8)
            RETURNING id
            """);
        command.Parameters.AddWithValue(messageId);
        command.Parameters.AddWithValue(no);
        command.Parameters.AddWithValue(person);
        command.Parameters.AddWithValue(session.Id);
        command.Parameters.AddWithValue((short)(person.GetHashCode() & (PartitionLeases.Partitions - 1)));
        command.Parameters.AddWithValue(destination);
        command.Parameters.AddWithValue(nonce);
        command.Parameters.AddWithValue(payload);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Owes a sender an application acknowledgement as Mediation does.</summary>
    public async Task OweAnswerAsync(
        long message, string controlId, string wanted = "a", string? code = null, string? rule = null, string? location = null, string? sentence = null,
        string destination = "back")
    {
        var header = Encoding.UTF8.GetBytes($"MSH|^~\\&|LAB|THERE|ISTHMUS|HERE|20261120||ORU^R01^ORU_R01|{controlId}|P|2.5.1|||AL|AL");
        var session = await sealer.CurrentAsync(CancellationToken.None);
        var body = session.Seal(header, ApplicationAnswerSeal.Bound(message, destination), out var nonce);
        await using var command = store.For(ZoneRole.Mediation).CreateCommand(
            "SELECT exchange.owe_application_answers(1::smallint, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)");
        foreach (var value in (object[])[
            session.Id, new[] { message }, new[] { (short)(message % PartitionLeases.Partitions) }, new[] { destination }, new[] { wanted },
            new[] { code }, new[] { rule }, new[] { location }, new[] { sentence }, new[] { nonce }, new[] { body }])
        {
            command.Parameters.AddWithValue(value);
        }

        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Puts on file what the person says about research by the registry.</summary>
    public Task GrantResearchAsync(Guid person, ConsentStatus status = ConsentStatus.Active) => Consents.RecordAsync(
        1,
        new ConsentDirective(
            new PersonId(person), $"research-{person:N}", status.ToString(), status, null,
            new ConsentProvision(true, null, null, ["HRESCH"], [], [], [], [], [], [], [])),
        "test",
        CancellationToken.None);

    public static PackedResource Patient(Guid person) => Resource("Patient", person.ToString(), "\"active\":true");

    public static PackedResource Observation(Guid person, string id, string value, string label = "") => Resource(
        "Observation", id,
        $"{(label.Length > 0 ? $"\"meta\":{{\"security\":[{{\"code\":\"{label}\"}}]}}," : "")}\"subject\":{{\"reference\":\"Patient/{person}\"}},\"valueString\":\"{value}\"");

    public static PackedResource Document(string subject, int value) => new(
        "Bundle", Guid.NewGuid().ToString(),
        Encoding.UTF8.GetBytes($$"""{"resourceType":"Bundle","subject":"{{subject}}","value":{{value}}}"""));

    /// <summary>The zone over this database, with terms of retry that suit a test.</summary>
    public OutboundZone Zone(string node = "test", int maxAttempts = 3)
    {
        Site = Site with { Contracts = [.. Site.Contracts.Select(contract => Quick(contract, maxAttempts))] };
        return new OutboundZone(store.Access, Keys, () => Site, node, TimeProvider.System, NullLoggerFactory.Instance);
    }

    /// <summary>Runs the zone until nothing is pending any more.</summary>
    public async Task DrainAsync(OutboundZone? given = null)
    {
        var zone = given ?? Zone();
        await using (zone)
        {
            await RunWhileAsync(zone, () => Eventually.Within(
                TimeSpan.FromSeconds(30), "nothing is pending", async () => await CountAsync("state = 'p'") == 0));
        }
    }

    public static async Task RunWhileAsync(OutboundZone zone, Func<Task> work)
    {
        using var draining = new CancellationTokenSource();
        var running = zone.RunAsync(draining.Token);
        try
        {
            await work();
        }
        finally
        {
            await draining.CancelAsync();
            await running;
        }
    }

    public async Task<long> CountAsync(string condition) =>
        (long)(await ScalarAsync($"SELECT count(*) FROM exchange.delivery WHERE {condition}"))!;

    public async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(store.OwnerAddress);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() is { } value and not DBNull ? value : null;
    }

    public Task<object?> ColumnAsync(long id, string expression) =>
        ScalarAsync($"SELECT {expression} FROM exchange.delivery WHERE id = {id}");

    /// <summary>State, attempts and rule of a row in one string.</summary>
    public async Task<string> StateAsync(long id) => (string)(await ColumnAsync(id, "state::text || ' ' || attempts || coalesce(' ' || rule, '')"))!;

    public async Task OrderFaultAsync(Uri address, object fault) =>
        (await client.PostAsJsonAsync(new Uri(address, "/simulator/faults"), fault)).EnsureSuccessStatusCode();

    public async Task<JsonObject> EffectsAsync(Uri address, string query = "") =>
        (await client.GetFromJsonAsync<JsonObject>(new Uri(address, $"/simulator/effects{query}")))!;

    public async Task<string[]> DeliveriesOfAsync(Uri address, string subject)
    {
        var answer = await client.GetStringAsync(new Uri(address, $"/simulator/order?subject={Uri.EscapeDataString(subject)}"));
        return answer.Length == 0
            ? []
            : [.. JsonNode.Parse(answer.Split('\n')[0])!["deliveries"]!.AsArray().Select(step => ((string)step!["delivery"]!).Split('-')[0])];
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        sealer.Dispose();
        await Ehr.DisposeAsync();
        await Registry.DisposeAsync();
        await store.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private async Task StartAsync()
    {
        Keys.CreateSealingPairIfMissing(SealedTo.Outbound);
        Keys.CreateSigningPairIfMissing("ehr-client");
        Keys.CreateSecretIfMissing("registry-webhook");
        sealer = new Sealer(store.For(ZoneRole.Mediation), Keys, SealedTo.Outbound, TimeProvider.System);
        Ehr = await EhrSimulator.StartAsync(
            new EhrOptions { DataFolder = Path.Combine(folder, "ehr"), ClientKeys = await File.ReadAllTextAsync(Keys.Existing("ehr-client.pub")) },
            CancellationToken.None);
        Registry = await RegistrySimulator.StartAsync(
            new RegistryOptions { DataFolder = Path.Combine(folder, "registry"), Secret = await File.ReadAllTextAsync(Keys.Existing("registry-webhook")) },
            CancellationToken.None);
        Site = LoadDemoSite();
        Site = Site with
        {
            Destinations = new Dictionary<string, DestinationSettings>
            {
                ["ehr"] = Site.Destinations["ehr"] with { BaseUrl = Ehr.FhirBase, TokenUrl = Ehr.TokenEndpointAddress },
                ["registry"] = Site.Destinations["registry"] with { BaseUrl = Registry.Events },
            },
        };
    }

    private static SiteModel LoadDemoSite()
    {
        var load = SiteLoader.Load(SiteFolder.Read(Repository.PathOf("site", "demo")).Files!, new Dictionary<string, string>(), new DateOnly(2026, 11, 20));
        return load.Model ?? throw new InvalidOperationException(string.Join('\n', load.Faults));
    }

    private static IntegrationContract Quick(IntegrationContract contract, int maxAttempts) => contract with
    {
        Destinations =
        [
            .. contract.Destinations.Select(terms => terms with
            {
                Retry = new RetryTerms(maxAttempts, TimeSpan.FromHours(1), TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(50)),
            }),
        ],
    };

    private static PackedResource Resource(string type, string id, string content) => new(
        type, id, Encoding.UTF8.GetBytes($$"""{"resourceType":"{{type}}","id":"{{id}}",{{content}}}"""));
}
