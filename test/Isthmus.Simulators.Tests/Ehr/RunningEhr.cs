using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Isthmus.Simulators.Ehr;

namespace Isthmus.Simulators.Tests.Ehr;

/// <summary>An EHR simulator on a real socket, and a client that holds its key.</summary>
internal sealed class RunningEhr : IAsyncDisposable
{
    private readonly EhrSimulator simulator;

    private RunningEhr(EhrSimulator simulator)
    {
        this.simulator = simulator;
        Client = new HttpClient { BaseAddress = simulator.Address };
    }

    public HttpClient Client { get; }

    public static async Task<RunningEhr> StartAsync(TemporaryFolder folder, TimeSpan? tokenLife = null)
    {
        var options = new EhrOptions { DataFolder = folder.Path, TokenLife = tokenLife ?? TimeSpan.FromMinutes(5) };
        return new RunningEhr(await EhrSimulator.StartAsync(options, CancellationToken.None));
    }

    public string Assertion(string? audience = null, int lifeSeconds = 120, string clientId = "isthmus", ECDsa? key = null)
    {
        using var own = ECDsa.Create();
        own.ImportFromPem(File.ReadAllText(simulator.ClientKeyFile!));
        var now = DateTimeOffset.UtcNow;
        var header = Base64Url.EncodeToString("""{"alg":"ES384","typ":"JWT"}"""u8);
        var claims = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(new
        {
            iss = clientId,
            sub = clientId,
            aud = audience ?? simulator.TokenEndpointAddress.AbsoluteUri,
            jti = Guid.NewGuid().ToString(),
            exp = now.AddSeconds(lifeSeconds).ToUnixTimeSeconds(),
            iat = now.ToUnixTimeSeconds(),
        }));
        var signature = (key ?? own).SignData(Encoding.ASCII.GetBytes($"{header}.{claims}"), HashAlgorithmName.SHA384);
        return $"{header}.{claims}.{Base64Url.EncodeToString(signature)}";
    }

    public Task<HttpResponseMessage> AskTokenAsync(string assertion) =>
        Client.PostAsync("/oauth2/token", new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ["client_assertion"] = assertion,
        }));

    public async Task<RunningEhr> AuthorizedAsync()
    {
        using var answer = await AskTokenAsync(Assertion());
        answer.EnsureSuccessStatusCode();
        var token = await answer.Content.ReadFromJsonAsync<JsonObject>();
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string?)token!["access_token"]);
        return this;
    }

    public Task<HttpResponseMessage> SendAsync(string bundle, string? delivery = null, CancellationToken cancel = default)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/fhir/")
        {
            Content = new StringContent(bundle, Encoding.UTF8, "application/fhir+json"),
        };
        if (delivery is not null)
        {
            request.Headers.Add("Idempotency-Key", delivery);
        }

        return Client.SendAsync(request, cancel);
    }

    public async Task<JsonNode> JsonAsync(string path) => JsonNode.Parse(await Client.GetStringAsync(path))!;

    public async Task<JsonNode[]> LinesAsync(string path) =>
        [.. (await Client.GetStringAsync(path)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];

    public async Task OrderFaultAsync(object fault) =>
        (await Client.PostAsJsonAsync("/simulator/faults", fault)).EnsureSuccessStatusCode();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await simulator.DisposeAsync();
    }
}
