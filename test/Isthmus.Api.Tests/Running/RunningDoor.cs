using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Isthmus.Api.OAuth;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Inbound.Listeners.Http;
using Isthmus.Store.Connections;
using Isthmus.Testing;
using Isthmus.Trust.Access;
using Isthmus.Trust.Access.Conduct;
using Isthmus.Trust.Access.State;
using Isthmus.Trust.Clients;
using Isthmus.Trust.Keys;
using Isthmus.Trust.Tokens;
using Isthmus.Trust.Tokens.Remote;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Isthmus.Api.Tests.Running;

/// <summary>An authorization server behind the real front door, on a real database, with clients of its own.</summary>
public sealed class RunningDoor : IAsyncLifetime
{
    private readonly CancellationTokenSource stopping = new();
    private readonly string keyFolder = Scratch.NewFolder("door").FullName;
    private TestStore store = null!;
    private FrontDoor door = null!;
    private OAuthRoutes routes = null!;
    private Task running = Task.CompletedTask;

    internal ShiftedTime Time { get; } = new();

    internal KeyFolder Keys => new(keyFolder);

    public AccessWatch Watch { get; private set; } = null!;

    public AuthorizationServer Server { get; private set; } = null!;

    public AccessTokenCheck Check { get; private set; } = null!;

    public ConductTally Conduct { get; private set; } = null!;

    public RemoteKeySets Remote { get; private set; } = null!;

    public SiteModel Site { get; internal set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public string TokenUrl => Site.Access!.Issuer + "/oauth2/token";

    internal TestStore Store => store;

    internal ClientRegistry Registry => new(store.For(ZoneRole.Operator), Time);

    /// <summary>Set before it starts, for a door that speaks TLS.</summary>
    internal TlsSettings? Tls { get; init; }

    public async Task InitializeAsync()
    {
        store = await TestStore.CreateAsync(typeof(ClientRegistry).Assembly);
        Keys.CreateSecretIfMissing(SigningKeys.SecretName);
        var listener = new ListenerSettings(
            "api", ListenerKind.Api, IPAddress.Loopback, 0, Tls, new ListenerLimits(1 << 20, TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(5), 200, 64 << 20));
        door = new FrontDoor(listener, () => [], Keys, AnswerAsync, TimeProvider.System, NullLoggerFactory.Instance);
        Site = Sites.Of($"{(Tls is null ? "http" : "https")}://localhost:{door.Endpoint.Port}");

        Watch = await AccessWatch.StartAsync(store.For(ZoneRole.Admission), Time, NullLogger.Instance, default);
        Remote = new RemoteKeySets(Time);
        Check = new AccessTokenCheck(() => Site, Watch, store.For(ZoneRole.Admission), Remote, Time);
        Conduct = new ConductTally(store.For(ZoneRole.Tokens), () => Site, Time, NullLogger.Instance);
        Server = await AuthorizationServer.OpenAsync(
            () => Site, Watch, store.For(ZoneRole.Tokens), Keys, Remote, Check, Conduct, Time, NullLogger.Instance, default);
        routes = new OAuthRoutes(Server, () => Site, Time);
        running = door.RunAsync(stopping.Token);
        Http = Client(null);
    }

    public async Task DisposeAsync()
    {
        Http.Dispose();
        await stopping.CancelAsync();
        await running;
        await door.DisposeAsync();
        await Server.DisposeAsync();
        await Conduct.DisposeAsync();
        await Check.DisposeAsync();
        Remote.Dispose();
        await Watch.DisposeAsync();
        await store.DisposeAsync();
        stopping.Dispose();
        Directory.Delete(keyFolder, recursive: true);
    }

    internal HttpClient Client(X509Certificate2? certificate)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false };
        if (Tls is not null)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.Subject == "CN=localhost";
            handler.SslOptions.ClientCertificates = certificate is null ? null : [certificate];
        }

        return new HttpClient(handler) { BaseAddress = new Uri(Site.Access!.Issuer) };
    }

    /// <summary>A client that one person registered and another approved, known here.</summary>
    internal async Task<TestClient> ClientAsync(
        string scopes = "system/Patient.rs", ApiContract? contract = null, ClientCredential? credential = null, bool dpop = false, bool approved = true)
    {
        ScopeSet.TryParse(scopes, out var set);
        var draft = new ClientDraft
        {
            Tenant = Site.Tenant.Id,
            Name = "Renal board",
            Environment = Site.Environment,
            Purpose = "Shows results on the ward.",
            Owner = "Head of Nephrology",
            Expires = Time.GetUtcNow().AddDays(90),
            Scopes = set,
            Credential = credential ?? TestClient.AllKeys,
            RequiresDpop = dpop,
        };
        var id = await Registry.RegisterAsync(draft, contract ?? Sites.App, AccessPolicy.Compile(Site.AccessPolicy!), "anna", default);
        if (approved)
        {
            await Registry.ApproveAsync(id, "ben", "looked at", default);
        }

        await Watch.ConfirmAsync(default);
        return new TestClient(this, id);
    }

    internal async Task<Answer> PostAsync(string path, IEnumerable<KeyValuePair<string, string>> form, Action<HttpRequestMessage>? more = null, HttpClient? http = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(form) };
        more?.Invoke(request);
        return await SendAsync(request, http);
    }

    internal async Task<Answer> GetAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await SendAsync(request, null);
    }

    internal async Task<Answer> SendAsync(HttpRequestMessage request, HttpClient? http)
    {
        using var response = await (http ?? Http).SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        return new Answer(response, body.StartsWith('{') ? JsonDocument.Parse(body).RootElement : default, body);
    }

    private async Task AnswerAsync(HttpContext call)
    {
        var route = routes.All.FirstOrDefault(r => r.Path == call.Request.Path.Value && r.Method == call.Request.Method);
        await (route?.Answer(call) ?? Task.FromException(new BadHttpRequestException("no route", StatusCodes.Status404NotFound)));
    }
}

/// <summary>What came back.</summary>
internal sealed record Answer(HttpResponseMessage Response, JsonElement Json, string Body)
{
    public int Status => (int)Response.StatusCode;

    public string? Text(string member) => Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty(member, out var value) ? value.ToString() : null;

    public bool Has(string member) => Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty(member, out _);

    public string Header(string name) => Response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : "";
}
