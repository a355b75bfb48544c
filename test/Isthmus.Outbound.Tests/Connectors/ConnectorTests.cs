using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Isthmus.Exchange.Contracts;
using Isthmus.Exchange.Packs;
using Isthmus.Outbound.Connectors;
using Isthmus.Outbound.Resilience;
using Isthmus.Simulators.Ehr;
using Isthmus.Simulators.Registry;
using Isthmus.Testing;
using Isthmus.Trust.Keys;

namespace Isthmus.Outbound.Tests.Connectors;

/// <summary>The connectors against simulated partners on real sockets.</summary>
public sealed class ConnectorTests : IAsyncLifetime
{
    private readonly string folder = Scratch.NewFolder("outbound").FullName;
    private readonly OutboundMeter meter = new();
    private KeyFolder keys = null!;
    private EhrSimulator ehr = null!;
    private RegistrySimulator registry = null!;
    private HttpClient client = null!;

    public async Task InitializeAsync()
    {
        keys = new KeyFolder(Path.Combine(folder, "keys"));
        keys.CreateSigningPairIfMissing("ehr-client");
        keys.CreateSecretIfMissing("registry-webhook");
        ehr = await EhrSimulator.StartAsync(
            new EhrOptions { DataFolder = Path.Combine(folder, "ehr"), ClientKeys = await File.ReadAllTextAsync(keys.Existing("ehr-client.pub")) },
            CancellationToken.None);
        registry = await RegistrySimulator.StartAsync(
            new RegistryOptions { DataFolder = Path.Combine(folder, "registry"), Secret = await File.ReadAllTextAsync(keys.Existing("registry-webhook")) },
            CancellationToken.None);
        client = new HttpClient();
    }

    public async Task DisposeAsync()
    {
        client.Dispose();
        meter.Dispose();
        await ehr.DisposeAsync();
        await registry.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_transaction_is_delivered_and_its_repeat_has_no_second_effect()
    {
        using var connector = Ehr();

        var first = await connector.SendAsync(Result("d1"), CancellationToken.None);
        var repeat = await connector.SendAsync(Result("d1"), CancellationToken.None);

        Assert.Equal(DeliveryResult.Delivered(200), first);
        Assert.Equal(DeliveryResult.Delivered(200), repeat);
        var effects = await client.GetFromJsonAsync<JsonObject>(new Uri(ehr.Address, "/simulator/effects"));
        Assert.Equal(2, (int)effects!["changes"]!);
        Assert.Equal(1, (int)effects["deliveries"]!);
    }

    [Fact]
    public async Task A_token_is_asked_for_once_by_all_who_need_it()
    {
        await OrderFaultAsync(ehr.Address, new { kind = "latency", count = 1, milliseconds = 50, match = "/oauth2/token" });
        await OrderFaultAsync(ehr.Address, new { kind = "503", match = "/oauth2/token" });
        using var connector = Ehr();

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => connector.SendAsync(Result($"d{i}"), CancellationToken.None)));

        // The first request meets the latency only; a second one would have met the 503.
        Assert.All(results, result => Assert.Null(result.Failure));
    }

    [Fact]
    public async Task A_token_that_the_partner_forgot_is_replaced_once_without_anyone_noticing()
    {
        using var connector = Ehr();
        await connector.SendAsync(Result("d1"), CancellationToken.None);
        var port = ehr.Address.Port;
        await ehr.DisposeAsync();
        ehr = await EhrSimulator.StartAsync(
            new EhrOptions { DataFolder = Path.Combine(folder, "ehr"), Port = port, ClientKeys = await File.ReadAllTextAsync(keys.Existing("ehr-client.pub")) },
            CancellationToken.None);

        var result = await connector.SendAsync(Result("d2"), CancellationToken.None);

        Assert.Null(result.Failure);
    }

    [Fact]
    public async Task Credentials_that_the_partner_refuses_are_told_from_a_partner_that_is_down()
    {
        keys.CreateSigningPairIfMissing("stranger");
        using var stranger = Open(EhrSettings with { Key = "stranger" });
        using var nowhere = Open(EhrSettings with { TokenUrl = new Uri("http://127.0.0.1:1/token") });

        Assert.Equal(FailureClass.Unauthorised, (await stranger.SendAsync(Result("d1"), CancellationToken.None)).Failure);
        Assert.Equal(FailureClass.Transport, (await nowhere.SendAsync(Result("d1"), CancellationToken.None)).Failure);
    }

    [Fact]
    public async Task A_key_that_is_missing_is_a_failure_of_credentials_and_a_new_one_needs_no_restart()
    {
        using var toEhr = Open(EhrSettings with { Key = "late" });
        using var toRegistry = Open(RegistrySettings with { Key = "late-secret" });
        Assert.Equal(FailureClass.Unauthorised, (await toEhr.SendAsync(Result("d1"), CancellationToken.None)).Failure);
        Assert.Equal(FailureClass.Unauthorised, (await toRegistry.SendAsync(Document("d1"), CancellationToken.None)).Failure);

        File.Copy(keys.Existing("ehr-client.key"), Path.Combine(keys.Place, "late.key"));
        File.Copy(keys.Existing("registry-webhook"), Path.Combine(keys.Place, "late-secret"));

        Assert.Null((await toEhr.SendAsync(Result("d1"), CancellationToken.None)).Failure);
        Assert.Null((await toRegistry.SendAsync(Document("d1"), CancellationToken.None)).Failure);
    }

    [Theory]
    [InlineData("429", "Throttled", 7)]
    [InlineData("500", "Application", null)]
    [InlineData("422", "BusinessRule", null)]
    [InlineData("drop", "Ambiguous", null)]
    [InlineData("timeout-after-effect", "Ambiguous", null)]
    public async Task Faults_of_the_partner_have_their_class(string kind, string failure, int? retryAfter)
    {
        using var toEhr = Ehr();
        using var toRegistry = Open(RegistrySettings);
        await toEhr.SendAsync(Result("warm"), CancellationToken.None);
        foreach (var address in new[] { ehr.Address, registry.Address })
        {
            await OrderFaultAsync(address, new { kind, count = 1, retryAfterSeconds = retryAfter, milliseconds = 5 });
        }

        var one = await toEhr.SendAsync(Result("d1"), CancellationToken.None);
        var other = await toRegistry.SendAsync(Document("d1"), CancellationToken.None);

        Assert.Equal(failure, one.Failure?.ToString());
        Assert.Equal(failure, other.Failure?.ToString());
        Assert.Equal(retryAfter, (int?)one.RetryAfter?.TotalSeconds);
    }

    [Fact]
    public async Task A_partner_that_takes_too_long_is_given_up_as_ambiguous()
    {
        using var connector = Open(RegistrySettings with { Timeout = TimeSpan.FromMilliseconds(50) });
        await OrderFaultAsync(registry.Address, new { kind = "latency", milliseconds = 60_000 });

        var result = await connector.SendAsync(Document("d1"), CancellationToken.None);

        Assert.Equal(FailureClass.Ambiguous, result.Failure);
    }

    [Fact]
    public async Task An_event_arrives_signed_as_it_is_and_a_repeat_counts_once()
    {
        using var connector = Open(RegistrySettings);

        var first = await connector.SendAsync(Document("d1"), CancellationToken.None);
        var repeat = await connector.SendAsync(Document("d1"), CancellationToken.None);

        Assert.Equal((DeliveryResult.Delivered(204), DeliveryResult.Delivered(204)), (first, repeat));
        var effects = await client.GetFromJsonAsync<JsonObject>(new Uri(registry.Address, "/simulator/effects"));
        Assert.Equal((1, 1), ((int)effects!["changes"]!, (int)effects["repeats"]!));
    }

    [Fact]
    public async Task Cancellation_is_no_verdict()
    {
        using var connector = Open(RegistrySettings);
        await OrderFaultAsync(registry.Address, new { kind = "latency", milliseconds = 60_000 });
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connector.SendAsync(Document("d1"), cancel.Token));
    }

    [Theory]
    [InlineData("http://ehr.example/fhir", Egress.TlsRequired)]
    [InlineData("ftp://127.0.0.1/x", Egress.TlsRequired)]
    [InlineData("https://ehr.example/fhir", null)]
    [InlineData("http://127.0.0.1:8080/fhir", null)]
    [InlineData("http://localhost/fhir", null)]
    public void Only_loopback_may_be_reached_in_clear(string address, string? rule)
    {
        Assert.Equal(rule, Egress.Objection(EhrSettings with { BaseUrl = new Uri(address) })?.Id);
        Assert.Equal(rule, Egress.Objection(EhrSettings with { TokenUrl = new Uri(address) })?.Id);
    }

    private DestinationSettings EhrSettings => new()
    {
        Name = "ehr",
        Kind = ConnectorKind.FhirRest,
        BaseUrl = ehr.FhirBase,
        Exposure = Exposure.Internal,
        Authentication = DestinationAuthentication.PrivateKeyJwt,
        TokenUrl = ehr.TokenEndpointAddress,
        ClientId = "isthmus",
        Key = "ehr-client",
        Timeout = TimeSpan.FromSeconds(10),
        Concurrency = 8,
    };

    private DestinationSettings RegistrySettings => EhrSettings with
    {
        Name = "registry",
        Kind = ConnectorKind.Webhook,
        BaseUrl = registry.Events,
        Authentication = DestinationAuthentication.HmacSignature,
        TokenUrl = null,
        ClientId = null,
        Key = "registry-webhook",
    };

    private Connector Ehr() => Open(EhrSettings);

    private Connector Open(DestinationSettings settings) => ConnectorCatalogue.Open(settings, keys, meter, (_, _, _) => { }, TimeProvider.System);

    private async Task OrderFaultAsync(Uri address, object fault) =>
        (await client.PostAsJsonAsync(new Uri(address, "/simulator/faults"), fault)).EnsureSuccessStatusCode();

    private static DeliveryPayload Result(string key) => new(key,
    [
        new PackedResource("Patient", "p", """{"resourceType":"Patient","id":"p"}"""u8.ToArray()),
        new PackedResource("Observation", "o", """{"resourceType":"Observation","id":"o","subject":{"reference":"Patient/p"}}"""u8.ToArray()),
    ]);

    private static DeliveryPayload Document(string key) => new(key,
        [new PackedResource("Bundle", "b", """{"resourceType":"Bundle","type":"collection"}"""u8.ToArray())]);
}
