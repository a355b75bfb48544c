using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Isthmus.Trust.Clients;
using Isthmus.Trust.Tests.Tokens.Jose;
using Isthmus.Trust.Tokens.Jose;

namespace Isthmus.Api.Tests.Running;

/// <summary>A client as somebody else would write it: it signs what it is told to, right or wrong.</summary>
internal sealed class TestClient(RunningDoor door, string id)
{
    public const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    public static ClientCredential AllKeys { get; } = new()
    {
        Keys = Forge.SetOf(Forge.Jwk(Forge.P384, "k384"), Forge.Jwk(Forge.Rsa, "krsa"), Forge.Jwk(Forge.P256, "k256")),
    };

    public string Id => id;

    /// <summary>A good assertion, but for what is changed.</summary>
    public string Assertion(
        Action<Dictionary<string, object>>? claims = null, Action<Dictionary<string, object>>? header = null,
        SignatureAlgorithm algorithm = SignatureAlgorithm.ES384, AsymmetricAlgorithm? key = null)
    {
        var now = door.Time.GetUtcNow().ToUnixTimeSeconds();
        var body = new Dictionary<string, object>
        {
            ["iss"] = id, ["sub"] = id, ["aud"] = door.TokenUrl, ["jti"] = Guid.NewGuid().ToString("N"), ["iat"] = now, ["exp"] = now + 240,
        };
        var head = new Dictionary<string, object> { ["alg"] = algorithm.ToString(), ["kid"] = KeyId(algorithm), ["typ"] = "JWT" };
        claims?.Invoke(body);
        header?.Invoke(head);
        return Forge.Token(JsonSerializer.Serialize(head), JsonSerializer.Serialize(body), algorithm, key);
    }

    public Dictionary<string, string> Form(string? assertion = null, string scope = "system/Patient.rs") => new()
    {
        ["grant_type"] = "client_credentials",
        ["scope"] = scope,
        ["client_assertion_type"] = AssertionType,
        ["client_assertion"] = assertion ?? Assertion(),
    };

    public Task<Answer> AskAsync(string? assertion = null, string scope = "system/Patient.rs", Action<HttpRequestMessage>? more = null) =>
        door.PostAsync("/oauth2/token", Form(assertion, scope), more);

    public async Task<string> TokenAsync(string scope = "system/Patient.rs", Action<HttpRequestMessage>? more = null)
    {
        var answer = await AskAsync(scope: scope, more: more);
        Assert.True(answer.Status == 200, answer.Body);
        return answer.Text("access_token")!;
    }

    /// <summary>A DPoP proof, good but for what is changed.</summary>
    public static string Proof(
        ECDsa key, string method, string url, string? token, DateTimeOffset now, Action<Dictionary<string, object>>? claims = null, Action<Dictionary<string, object>>? header = null)
    {
        var jwk = Forge.Jwk(key, "");
        jwk.Remove("kid");
        var head = new Dictionary<string, object> { ["typ"] = "dpop+jwt", ["alg"] = "ES256", ["jwk"] = jwk };
        var body = new Dictionary<string, object> { ["jti"] = Guid.NewGuid().ToString("N"), ["htm"] = method, ["htu"] = url, ["iat"] = now.ToUnixTimeSeconds() };
        if (token is not null)
        {
            body["ath"] = Forge.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(token)));
        }

        header?.Invoke(head);
        claims?.Invoke(body);
        return Forge.Token(JsonSerializer.Serialize(head), JsonSerializer.Serialize(body), SignatureAlgorithm.ES256, key);
    }

    private static string KeyId(SignatureAlgorithm algorithm) => algorithm switch
    {
        SignatureAlgorithm.ES384 => "k384",
        SignatureAlgorithm.ES256 => "k256",
        _ => "krsa",
    };
}
