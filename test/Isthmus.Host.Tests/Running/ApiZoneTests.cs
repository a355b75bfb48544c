using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Isthmus.Exchange.Contracts;
using Isthmus.Host.Running;
using Isthmus.Store.Connections;
using Isthmus.Testing;
using Isthmus.Trust.Access;
using Isthmus.Trust.Clients;
using Isthmus.Trust.Keys;
using Isthmus.Trust.Tokens.Jose;
using Microsoft.Extensions.Logging.Abstractions;

namespace Isthmus.Host.Tests.Running;

/// <summary>The door as it is composed: one listener, one list of steps, tokens and API behind it.</summary>
public sealed class ApiZoneTests : IAsyncLifetime
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private readonly CancellationTokenSource stopping = new();
    private readonly string folder = Scratch.NewFolder("keys").FullName;
    private TestStore store = null!;
    private ApiZone zone = null!;
    private SiteModel site = null!;
    private HttpClient http = null!;
    private Task running = Task.CompletedTask;

    public async Task InitializeAsync()
    {
        store = await TestStore.CreateAsync([.. Modules.WithMigrations]);
        site = SiteOpening.Load(new DirectoryInfo(Repository.PathOf("site", "demo")));
        site = site with { Listeners = site.Listeners.ToDictionary(l => l.Key, l => l.Value with { Port = 0 }, StringComparer.Ordinal) };
        var keys = new KeyFolder(folder);
        SiteKeys.CreateMissing(site, keys);
        zone = new ApiZone(store.Access, keys, () => site, null, TimeProvider.System, NullLoggerFactory.Instance);
        running = zone.RunAsync(stopping.Token);
        http = new HttpClient { BaseAddress = new Uri($"http://{zone.Endpoints["api"]}") };
    }

    public async Task DisposeAsync()
    {
        http.Dispose();
        await stopping.CancelAsync();
        await running;
        await zone.DisposeAsync();
        await store.DisposeAsync();
        stopping.Dispose();
        key.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_partner_gets_a_token_and_passes_the_door_with_it_as_far_as_its_scopes_go()
    {
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/.well-known/smart-configuration")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync($"/fhir/Patient/{Guid.NewGuid()}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/admin")).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await http.GetAsync("/oauth2/token")).StatusCode);

        var client = await RegisterAsync();
        using var answer = await AskAsync(client);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, body);
        using var json = JsonDocument.Parse(body);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", json.RootElement.GetProperty("access_token").GetString());

        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync($"/fhir/Patient/{Guid.NewGuid()}")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await http.GetAsync($"/fhir/Observation/{Guid.NewGuid()}")).StatusCode);
    }

    [Fact]
    public async Task A_proof_is_for_the_sites_own_address_whatever_host_a_request_names()
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var client = await RegisterAsync();
        using var answer = await AskAsync(client, () => Proof(own, "POST", site.Access!.Issuer + "/oauth2/token", null));
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        var token = json.RootElement.GetProperty("access_token").GetString()!;
        var path = $"/fhir/Patient/{Guid.NewGuid()}";

        async Task<HttpStatusCode> GetAsync(string address)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Authorization = new AuthenticationHeaderValue("DPoP", token);
            request.Headers.Add("DPoP", Proof(own, "GET", address + path, token));
            using var got = await http.SendAsync(request);
            return got.StatusCode;
        }

        Assert.Equal(HttpStatusCode.NotFound, await GetAsync(site.Access!.Issuer));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(http.BaseAddress!.GetLeftPart(UriPartial.Authority)));
    }

    private static string Proof(ECDsa own, string method, string url, string? token)
    {
        var point = own.ExportParameters(false).Q;
        var header = JsonSerializer.Serialize(new
        {
            typ = "dpop+jwt", alg = "ES256", jwk = new { kty = "EC", crv = "P-256", x = Base64Url.EncodeToString(point.X!), y = Base64Url.EncodeToString(point.Y!) },
        });
        var claims = JsonSerializer.Serialize(new
        {
            jti = Guid.NewGuid(), htm = method, htu = url, iat = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(),
            ath = token is null ? "" : Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(token))),
        });
        var signed = $"{Encode(header)}.{Encode(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(own.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }

    private async Task<string> RegisterAsync()
    {
        var point = key.ExportParameters(false).Q;
        var set = JsonSerializer.SerializeToUtf8Bytes(new
        {
            keys = new[] { new { kty = "EC", kid = "k", crv = "P-384", x = Base64Url.EncodeToString(point.X!), y = Base64Url.EncodeToString(point.Y!) } },
        });
        Assert.True(KeySet.TryRead(set, out var keys, out _));
        Assert.Null(ScopeSet.TryParse("system/Patient.rs", out var scopes));
        var registry = new ClientRegistry(store.For(ZoneRole.Operator), TimeProvider.System);
        var id = await registry.RegisterAsync(
            new ClientDraft
            {
                Tenant = site.Tenant.Id, Name = "Partner", Environment = site.Environment, Purpose = "Is tried.", Owner = "Nobody",
                Expires = TimeProvider.System.GetUtcNow().AddDays(1), Scopes = scopes, Credential = new ClientCredential { Keys = keys },
            },
            site.ApiContracts.Single(c => c.Name == "patient-app"), AccessPolicy.Compile(site.AccessPolicy!), "anna", default);
        await registry.ApproveAsync(id, "ben", "looked at", default);
        return id;
    }

    /// <summary>Until the node has heard of the approval.</summary>
    private async Task<HttpResponseMessage> AskAsync(string client, Func<string>? proof = null)
    {
        HttpResponseMessage? answer = null;
        await Eventually.Within(TimeSpan.FromSeconds(5), "the approval at the door", async () =>
        {
            using var form = new FormUrlEncodedContent(
            [
                KeyValuePair.Create("grant_type", "client_credentials"),
                KeyValuePair.Create("scope", "system/Patient.rs"),
                KeyValuePair.Create("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                KeyValuePair.Create("client_assertion", Assertion(client)),
            ]);
            using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth2/token") { Content = form };
            if (proof is not null)
            {
                request.Headers.Add("DPoP", proof());
            }

            answer = await http.SendAsync(request);
            return answer.StatusCode != HttpStatusCode.Unauthorized;
        });
        return answer!;
    }

    private string Assertion(string client)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = JsonSerializer.Serialize(new { iss = client, sub = client, aud = site.Access!.Issuer + "/oauth2/token", jti = Guid.NewGuid(), exp = now + 60 });
        var signed = $"{Encode("""{"alg":"ES384","kid":"k","typ":"JWT"}""")}.{Encode(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA384))}";
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
