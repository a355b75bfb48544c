using System.Net.Http.Headers;
using System.Text.Json;
using Isthmus.Api.Tests.Running;
using Isthmus.Trust.Clients;
using Isthmus.Trust.Tests.Tokens.Jose;
using Isthmus.Trust.Tokens;
using Isthmus.Trust.Tokens.Jose;

namespace Isthmus.Api.Tests.OAuth;

/// <summary>What SMART App Launch 2.2 says of discovery and of clients' keys.</summary>
public sealed class SmartDiscoveryShalls(RunningDoor door) : IClassFixture<RunningDoor>
{
    [Theory, Shall(228, 285, 286, 287, 288, 289)]
    [InlineData("/.well-known/smart-configuration")]
    [InlineData("/fhir/.well-known/smart-configuration")]
    [InlineData("/.well-known/oauth-authorization-server")]
    public async Task S228_S285_S289_The_configuration_says_how_a_confidential_client_proves_itself(string path)
    {
        var told = await door.GetAsync(path);

        Assert.Equal(200, told.Status);
        Assert.Contains("client-confidential-asymmetric", Strings(told, "capabilities"));
        Assert.Equal(door.TokenUrl, told.Text("token_endpoint"));
        Assert.Contains("system/Patient.rs", Strings(told, "scopes_supported"));
        Assert.Contains("private_key_jwt", Strings(told, "token_endpoint_auth_methods_supported"));
        Assert.Subset(Strings(told, "token_endpoint_auth_signing_alg_values_supported").ToHashSet(), new HashSet<string> { "RS384", "ES384" });
        Assert.Contains("client_credentials", Strings(told, "grant_types_supported"));
        Assert.Equal(door.Site.Access!.Issuer, told.Text("issuer"));
    }

    [Fact]
    public async Task Anybody_can_verify_our_tokens_with_the_published_keys()
    {
        var client = await door.ClientAsync();
        var token = await client.TokenAsync();
        var published = await door.GetAsync("/oauth2/jwks");

        Assert.True(KeySet.TryRead(Forge.Utf8(published.Body).Span, out var keys, out _));
        Assert.True(CompactJws.TryRead(Forge.Utf8(token), out var jws, out _));
        Assert.Equal("at+jwt", jws.Header.Type);
        Assert.True(jws.IsSignedBy(keys.Find(jws.Header.KeyId, SignatureAlgorithm.ES256)!));
        Assert.DoesNotContain("\"d\"", published.Body, StringComparison.Ordinal);
        Assert.Contains("max-age=300", published.Header("Cache-Control"), StringComparison.Ordinal);
    }

    [Fact, Shall(296, 339)]
    public async Task S296_S339_Keys_may_be_registered_by_their_URL_and_are_fetched_by_GET()
    {
        await using var host = new JwksHost(Forge.Set(Forge.Jwk(Forge.P384, "k384")));
        var client = await door.ClientAsync(credential: new ClientCredential { KeysUrl = host.Url });

        Assert.Equal(200, (await client.AskAsync()).Status);
        Assert.Equal("GET /jwks HTTP/1.1", host.Line);
    }

    [Fact, Shall(297)]
    public async Task S297_Keys_may_be_registered_themselves()
    {
        var client = await door.ClientAsync(credential: new ClientCredential { Keys = Forge.SetOf(Forge.Jwk(Forge.Rsa, "krsa")) });

        Assert.Equal(200, (await client.AskAsync(client.Assertion(algorithm: SignatureAlgorithm.RS384))).Status);
    }

    [Fact, Shall(305)]
    public async Task S305_Registered_keys_that_were_changed_since_verify_nothing()
    {
        var client = await door.ClientAsync();
        await door.Store.ExecuteAsOwnerAsync(
            $"""
            ALTER TABLE access.client DISABLE TRIGGER keep_client;
            UPDATE access.client SET keys = replace(keys, 'k256', 'k999'), changed = access.next_epoch() WHERE id = '{client.Id}';
            ALTER TABLE access.client ENABLE TRIGGER keep_client;
            """);
        await door.Watch.ConfirmAsync(default);

        Assert.Equal(401, (await client.AskAsync()).Status);
    }

    [Fact]
    public async Task Who_may_proposes_a_client_which_waits_for_another_person()
    {
        var desk = await door.ClientAsync(AuthorizationServer.RegisterScope, Sites.Desk);
        var token = await desk.TokenAsync(AuthorizationServer.RegisterScope);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth2/register")
        {
            Content = new StringContent(
                $$"""
                {"client_name":"Ward board","software_id":"patient-app","purpose":"Shows results.","owner":"Nephrology","scope":"system/Patient.rs",
                 "jwks":{{Forge.Set(Forge.Jwk(Forge.P384, "k384"))}},"grant_types":["client_credentials"],"contacts":["a@b.example"]}
                """, System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);

        var answer = await door.SendAsync(request, null);
        Assert.True(answer.Status == 201, answer.Body);
        Assert.Equal("pending", answer.Text("state"));
        await door.Watch.ConfirmAsync(default);
        var client = new TestClient(door, answer.Text("client_id")!);
        Assert.Equal(401, (await client.AskAsync()).Status);
        Assert.Equal(desk.Id, (await door.Registry.FindAsync(client.Id, default))!.RegisteredBy);

        await door.Registry.ApproveAsync(client.Id, "ben", "looked at", default);
        await door.Watch.ConfirmAsync(default);
        Assert.Equal(200, (await client.AskAsync()).Status);
    }

    [Theory]
    [InlineData("""{"client_name":"x","client_name":"y"}""", "client.registration-unreadable")]
    [InlineData("""{"client_name":"x\u0000y","software_id":"patient-app","scope":"system/Patient.rs"}""", "client.registration-unreadable")]
    [InlineData("""{"client_name":"\ud800","software_id":"patient-app","scope":"system/Patient.rs"}""", "client.registration-unreadable")]
    [InlineData("""{"client_name":"x"} {}""", "client.registration-unreadable")]
    [InlineData("""[{"client_name":"x"}]""", "client.registration-unreadable")]
    [InlineData("""{"client_name":1}""", "client.registration-unreadable")]
    [InlineData("""{"jwks":{"keys":[],"keys":[]}}""", "client.registration-unreadable")]
    [InlineData("", "client.registration-unreadable")]
    [InlineData("""{"client_name":"x","software_id":"nothing","scope":"system/Patient.rs"}""", "client.integration-unknown")]
    [InlineData("""{"client_name":"x","software_id":"patient-app","scope":"system/Patient.rs","token_endpoint_auth_method":"client_secret_basic"}""", "client.method-unsupported")]
    [InlineData("""{"client_name":"x","software_id":"patient-app","scope":"system/Patient.rs","purpose":"p","owner":"o"}""", "client.credential-missing")]
    [InlineData("""{"client_name":"x","software_id":"patient-app","scope":"system/*.cruds","purpose":"p","owner":"o","jwks_uri":"https://app.example/jwks"}""", "client.scope-beyond-contract")]
    [InlineData("""{"client_name":"x","software_id":"patient-app","scope":"system/Patient.rs","purpose":"p","owner":"o","jwks":{"keys":[{"kty":"oct","k":"AA"}]}}""", "jose.key-private")]
    public void A_registration_is_read_strictly(string json, string rule)
    {
        var (draft, contract, refusal) = Registration.Read(System.Text.Encoding.UTF8.GetBytes(json), door.Site, door.Time.GetUtcNow());

        Assert.Equal(rule, (refusal ?? draft!.Refuse(contract!, Isthmus.Trust.Access.AccessPolicy.Compile(door.Site.AccessPolicy!), door.Time.GetUtcNow()))?.Id);
    }

    private static IEnumerable<string> Strings(Answer answer, string member) => answer.Json.GetProperty(member).EnumerateArray().Select(e => e.GetString()!);
}
