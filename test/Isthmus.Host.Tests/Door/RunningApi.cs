using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Fhir.Json;
using Isthmus.Host.Running;
using Isthmus.Inbound.Tests.Secrecy;
using Isthmus.Records;
using Isthmus.Records.Commit;
using Isthmus.Records.Keys;
using Isthmus.Store.Connections;
using Isthmus.Testing;
using Isthmus.Trust.Access;
using Isthmus.Trust.Access.Switches;
using Isthmus.Trust.Clients;
using Isthmus.Trust.Consent;
using Isthmus.Trust.Consent.Directives;
using Isthmus.Trust.Keys;
using Isthmus.Trust.Tokens.Jose;
using Npgsql;

namespace Isthmus.Host.Tests.Door;

/// <summary>The zone <c>api</c> as it runs: real sockets, a real database with a patient on record, and a client that gets its tokens at the door.</summary>
public sealed class RunningApi : IAsyncLifetime
{
    /// <summary>A node asks for what changed five times a second.</summary>
    private static readonly TimeSpan AccessEpochPeriod = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource draining = new();
    private readonly KeyFolder keys = new(Scratch.NewFolder("api").FullName);
    private readonly (JwsSigner Signer, byte[] Pkcs8) pair = JwsSigner.Create();
    private readonly Dictionary<string, Task<string>> tokens = new(StringComparer.Ordinal);
    private long sent;
    private TestStore store = null!;
    private ApiZone zone = null!;
    private Task running = Task.CompletedTask;
    private SiteModel site = null!;

    public HttpClient Http { get; private set; } = null!;

    /// <summary>On record, of tenant 1.</summary>
    public Guid Patient { get; } = Guid.NewGuid();

    /// <summary>On record, of another tenant.</summary>
    public Guid Foreign { get; } = Guid.NewGuid();

    public string PatientJson => $$"""{"resourceType":"Patient","id":"{{Patient}}","name":[{"family":"Quillfeather"}]}""";

    internal ClientRegistry Registry => new(store.For(ZoneRole.Operator), TimeProvider.System);

    /// <summary>Where the doors are, by name.</summary>
    internal IReadOnlyDictionary<string, IPEndPoint> Endpoints => zone.Endpoints;

    internal SwitchStore Switches => new(store.For(ZoneRole.Operator));

    /// <summary>All that the zone logs.</summary>
    internal LoggedText Logs { get; } = new();

    public int Port => zone.Endpoints["api"].Port;

    public async Task InitializeAsync()
    {
        store = await TestStore.CreateAsync([.. Modules.WithMigrations]);
        site = SiteOpening.Load(new DirectoryInfo(Repository.PathOf("site", "demo")));
        SiteKeys.CreateMissing(site, keys);
        var app = site.ApiContracts.Single(c => c.Name == "patient-app");
        site = site with
        {
            Listeners = new Dictionary<string, ListenerSettings> { ["api"] = site.Listeners["api"] with { Port = 0 } },
            ApiContracts =
            [
                app with
                {
                    Class = AppClass.Admin,

                    // A purpose that asks for no consent and heeds a refusal.
                    ConsentPurpose = "HOPERAT",
                    Routes = ["fhir-read", "fhir-history", "fhir-search", "fhir-write", "fhir-export"],
                    Scopes = ["system/Patient.rs", "system/Observation.crus"],
                    Quota = new Quota(1000, 1000),
                    Quotas = [],
                },
                Outreach(),
                Outreach() with { Name = "strict-lab", DemandsKey = true },
            ],
        };
        await CommitAsync(Patient, ("Patient", Patient, PatientJson));
        await CommitAsync(Foreign, ("Patient", Foreign, $$"""{"resourceType":"Patient","id":"{{Foreign}}","name":[{"family":"Quillfeather"}]}"""));
        foreach (var table in (string[])["phi.resource", "phi.search", "phi.pack"])
        {
            await store.ExecuteAsOwnerAsync($"UPDATE {table} SET tenant = 2 WHERE person = '{Foreign}'");
        }

        zone = new ApiZone(store.Access, keys, () => site, null, TimeProvider.System, Logs);
        var issuer = $"http://127.0.0.1:{Port}";
        site = site with { Access = site.Access! with { Issuer = issuer, Audience = issuer } };
        running = zone.RunAsync(draining.Token);
        Http = From(IPAddress.Loopback);
    }

    public async Task DisposeAsync()
    {
        Http.Dispose();
        await draining.CancelAsync();
        await running;
        await zone.DisposeAsync();
        await store.DisposeAsync();
        pair.Signer.Dispose();
        draining.Dispose();
    }

    /// <summary>Requests from an address of this machine's own, which the door takes for somebody else's.</summary>
    internal HttpClient From(IPAddress address) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        ConnectCallback = async (context, cancellation) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(address, 0));
            await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    }) { BaseAddress = new Uri(site.Access!.Issuer) };

    /// <summary>A second node on the same store, with the same keys, of the same site.</summary>
    internal ApiZone SecondNode() => new(store.Access, keys, () => site, null, TimeProvider.System, Logs);

    internal Task ExecuteAsync(string sql) => store.ExecuteAsOwnerAsync(sql);

    /// <summary>Puts another site into force.</summary>
    internal void Apply(Func<SiteModel, SiteModel> change) => site = change(site);

    /// <summary>A client that one person registered and another approved.</summary>
    /// <param name="integration">Of the site's applications; the first unless told.</param>
    internal async Task<string> ClientAsync(string scopes, string? integration = null)
    {
        Assert.Null(ScopeSet.TryParse(scopes, out var set));
        var draft = new ClientDraft
        {
            Tenant = 1,
            Name = "Renal board",
            Environment = site.Environment,
            Purpose = "Shows results on the ward.",
            Owner = "Head of Nephrology",
            Expires = TimeProvider.System.GetUtcNow().AddDays(90),
            Scopes = set,
            Credential = new ClientCredential { Keys = new KeySet([pair.Signer.PublicKey]), Algorithms = [SignatureAlgorithm.ES256] },
        };
        var id = await Registry.RegisterAsync(draft, integration is null ? site.ApiContracts[0] : site.ApiContracts.Single(c => c.Name == integration), AccessPolicy.Compile(site.AccessPolicy!), "anna", default);
        await Registry.ApproveAsync(id, "ben", "looked at", default);
        return id;
    }

    /// <summary>A token, as soon as the node knows the client; it is not asked so often that the address would seem to attack.</summary>
    internal async Task<string> TokenAsync(string client, string scopes)
    {
        string? token = null;
        await Eventually.Within(TimeSpan.FromSeconds(10), "a token", async () =>
        {
            using var answer = await AskTokenAsync(client, scopes);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                token = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("access_token").GetString();
                return true;
            }

            await Task.Delay(AccessEpochPeriod);
            return false;
        });
        return token!;
    }

    /// <summary>A token of a client of its own, the same for all tests that want those scopes.</summary>
    internal Task<string> TokenAsync(string scopes)
    {
        lock (tokens)
        {
            return tokens.TryGetValue(scopes, out var known) ? known : tokens[scopes] = NewAsync();
        }

        async Task<string> NewAsync() => await TokenAsync(await ClientAsync(scopes), scopes);
    }

    internal async Task<HttpResponseMessage> AskAsync(HttpMethod method, string path, string? token, HttpContent? content = null, string? header = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (token is not null)
        {
            request.Headers.Authorization = new("Bearer", token);
        }

        if (header is not null)
        {
            request.Headers.TryAddWithoutValidation(header.Split(": ")[0], header.Split(": ")[1]);
        }

        return await Http.SendAsync(request);
    }

    internal async Task<T> ScalarAsync<T>(string sql)
    {
        await using var source = NpgsqlDataSource.Create(store.OwnerAddress);
        await using var command = source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    internal Task<HttpResponseMessage> AskTokenAsync(string client, string scopes) => AskTokenAsync(Http, Assertion(client), scopes);

    internal static async Task<HttpResponseMessage> AskTokenAsync(HttpClient http, string assertion, string scopes)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["scope"] = scopes,
            ["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ["client_assertion"] = assertion,
        });
        return await http.PostAsync(new Uri("/oauth2/token", UriKind.Relative), form);
    }

    /// <param name="signer">Who signs it under the registered key's id; the registered key by default.</param>
    internal string Assertion(string client, JwsSigner? signer = null)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = JsonSerializer.SerializeToUtf8Bytes(new { iss = client, sub = client, aud = $"{site.Access!.Issuer}/oauth2/token", jti = Guid.NewGuid().ToString("N"), iat = now, exp = now + 240 });
        var header = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(new { alg = "ES256", kid = pair.Signer.PublicKey.Id, typ = "JWT" }));
        return (signer ?? pair.Signer).Sign(header, claims);
    }

    private ApiContract Outreach() => site.ApiContracts.Single(c => c.Name == "outreach-lab");

    /// <summary>Puts on file that a person refuses what the contract reads for.</summary>
    internal Task RefuseAsync(Guid person) => new ConsentStore(store.For(ZoneRole.Operator)).RecordAsync(
        1,
        new ConsentDirective(new PersonId(person), $"no-{person:N}", "1", ConsentStatus.Active, null, new ConsentProvision(false, null, null, ["HOPERAT"], [], [], [], [], [], [], [])),
        "test",
        CancellationToken.None);

    /// <summary>What one message of a person brings on record.</summary>
    internal async Task CommitAsync(Guid person, params (string Type, Guid Id, string Json)[] resources)
    {
        var mediation = store.For(ZoneRole.Mediation);
        var drafts = resources.Select(r => (r.Type, r.Id, Bytes: Encoding.UTF8.GetBytes(r.Json)))
            .Select(r => new ResourceDraft(r.Type, r.Id, FhirJsonReader.Read(r.Bytes).Root, r.Bytes, new Standing(0, 0, Interlocked.Increment(ref sent)))).ToList();
        PackDraft[] packs = [PackDraft.Of(Random.Shared.NextInt64(1, long.MaxValue), new PersonId(person), drafts)];
        var tenant = await TenantKeys.LoadAsync(mediation, keys, site.Keys.Records, 1, default);
        await using var connection = await mediation.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var versions = await RecordCommit.CompareAsync(connection, packs, default);
        var ids = await RecordCommit.NewPackIdsAsync(connection, packs.Length, default);
        await using var batch = new NpgsqlBatch(connection, transaction);
        await new RecordCommit(tenant).WriteAsync(connection, batch, packs, versions, ids, default);
        await batch.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
    }
}
