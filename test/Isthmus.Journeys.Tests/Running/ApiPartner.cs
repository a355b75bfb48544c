using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Isthmus.Trust.Tests.Tokens.Jose;
using Isthmus.Trust.Tokens.Jose;

namespace Isthmus.Journeys.Tests.Running;

/// <summary>
/// A third party's machine. It calls from an address of its own (all of 127.0.0.0/8 is this machine), so that what one journey does wrong is
/// not held against the next.
/// </summary>
internal sealed class ApiPartner : IDisposable
{
    public const string KeyId = "k1";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string scopes;
    private readonly string issuer;
    private readonly HttpClient http;

    public ApiPartner(string id, string scopes, string issuer, int number)
    {
        Id = id;
        (this.scopes, this.issuer) = (scopes, issuer);
        var own = new IPEndPoint(new IPAddress([127, 0, 1, (byte)number]), 0);
        http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (context, cancellation) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                socket.Bind(own);
                await socket.ConnectAsync(context.DnsEndPoint, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        }) { Timeout = Patience };
    }

    public string Id { get; }

    /// <summary>An assertion that is good once.</summary>
    public string Assertion()
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        return Forge.Token(
            JsonSerializer.Serialize(new { alg = "ES384", kid = KeyId, typ = "JWT" }),
            JsonSerializer.Serialize(new { iss = Id, sub = Id, aud = issuer + "/oauth2/token", jti = Guid.NewGuid().ToString("N"), iat = now, exp = now + 240 }),
            SignatureAlgorithm.ES384);
    }

    /// <summary>Asks for a token.</summary>
    public Task<DoorAnswer> AskAsync(Door door, string? assertion = null) => PostAsync(door, "/oauth2/token", new()
    {
        ["grant_type"] = "client_credentials",
        ["scope"] = scopes,
    }, assertion);

    /// <summary>A token that is good.</summary>
    public async Task<string> TokenAsync(Door door)
    {
        var answer = await AskAsync(door);
        Assert.True(answer.Status == 200, $"{answer.Status} {answer.Body}");
        return answer.Text("access_token")!;
    }

    /// <summary>Gives a token back.</summary>
    public Task<DoorAnswer> RevokeAsync(Door door, string token) => PostAsync(door, "/oauth2/revoke", new() { ["token"] = token }, null);

    public Task<DoorAnswer> ReadAsync(Door door, string token, string path) => SendAsync(door, () =>
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(door.Address, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return request;
    });

    /// <summary>Hands a message of HL7 v2 in.</summary>
    public Task<DoorAnswer> HandInAsync(Door door, string token, string message, string key) => SendAsync(door, () =>
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(door.Address, "/hl7v2/lab-results"));
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(message)) { Headers = { ContentType = new MediaTypeHeaderValue("application/hl7-v2") } };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Add("Idempotency-Key", key);
        return request;
    });

    /// <summary>The ids of the keys that a door publishes.</summary>
    public async Task<IReadOnlyList<string>> PublishedKeysAsync(Door door)
    {
        var answer = await SendAsync(door, () => new HttpRequestMessage(HttpMethod.Get, new Uri(door.Address, "/oauth2/jwks")));
        return [.. answer.Json.GetProperty("keys").EnumerateArray().Select(k => k.GetProperty("kid").GetString()!)];
    }

    public void Dispose() => http.Dispose();

    private Task<DoorAnswer> PostAsync(Door door, string path, Dictionary<string, string> form, string? assertion)
    {
        form["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        form["client_assertion"] = assertion ?? Assertion();
        return SendAsync(door, () => new HttpRequestMessage(HttpMethod.Post, new Uri(door.Address, path)) { Content = new FormUrlEncodedContent(form) });
    }

    private async Task<DoorAnswer> SendAsync(Door door, Func<HttpRequestMessage> make)
    {
        using var request = make();
        var asked = TimeProvider.System.GetUtcNow();
        using var response = await http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        return new DoorAnswer(door, asked, TimeProvider.System.GetUtcNow(), (int)response.StatusCode, body);
    }
}

/// <summary>What a door said, and when it was asked and had answered.</summary>
internal sealed record DoorAnswer(Door Door, DateTimeOffset Asked, DateTimeOffset Answered, int Status, string Body)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public TimeSpan Took => Answered - Asked;

    public bool IsLetIn => Status == 200;

    public string? Text(string member) => Json.TryGetProperty(member, out var value) ? value.GetString() : null;

    /// <summary>Whether it names a rule, in whichever form its refusals are.</summary>
    public bool Says(string rule) => Body.Contains($"\"{rule}\"", StringComparison.Ordinal);

    public override string ToString() => $"{Door.Name} {Asked:HH:mm:ss.fff} +{Took.TotalMilliseconds:0} ms: {Status} {(IsLetIn ? "" : Body)}";
}
