using System.Security.Cryptography;
using System.Text.Json;
using Isthmus.Api.Tests.Running;
using Isthmus.Exchange.Contracts;
using Isthmus.Trust.Tests.Tokens.Jose;
using Isthmus.Trust.Tokens;
using Isthmus.Trust.Tokens.Jose;

namespace Isthmus.Api.Tests.OAuth;

/// <summary>
/// Tokens of somebody else's authorization server, which the site trusts: a server with a key set on a socket of its own, and its tokens
/// shown at the door where they are introspected, as a partner shows them.
/// </summary>
public sealed class TrustedIssuerTests : IAsyncLifetime
{
    private const string Issuer = "https://idp.example";
    private const string Audience = "https://isthmus.example/fhir";

    private readonly DoorOfItsOwn own = new();
    private readonly JwksHost host = new(Forge.Set(Forge.Jwk(Forge.P384, "i1")));
    private readonly ECDsa strange = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private RunningDoor door = null!;
    private TestClient client = null!;

    public async Task InitializeAsync()
    {
        door = await own.OpenAsync();
        door.Site = door.Site with
        {
            Access = door.Site.Access! with { TrustedIssuers = [new TrustedIssuer(Issuer, host.Url, Audience, ["ES384"])] },
        };
        client = await door.ClientAsync();
    }

    public async Task DisposeAsync()
    {
        await own.DisposeAsync();
        await host.DisposeAsync();
        strange.Dispose();
    }

    [Theory]
    [InlineData("at+jwt")]
    [InlineData("application/at+jwt")]
    [InlineData("JWT")]
    [InlineData(null)]
    public async Task A_token_of_a_trusted_issuer_lets_a_registered_client_in(string? type)
    {
        var answer = await ShowAsync(Token(header: h => h["typ"] = type!));

        Assert.True(answer.Status == 200, answer.Body);
        Assert.Equal(("True", client.Id, Issuer), (answer.Text("active"), answer.Text("client_id"), answer.Text("iss")));
        Assert.Equal(1, host.Asked);
    }

    [Theory]
    [InlineData("aud", "https://other.example")]
    [InlineData("aud", null)]
    [InlineData("iss", "https://idp.example/")]
    [InlineData("iss", "https://evil.example")]
    [InlineData("client_id", "nobody")]
    [InlineData("scope", "system/*.cruds")]
    [InlineData("jti", null)]
    [InlineData("exp", null)]
    public async Task What_is_not_for_us_of_them_or_about_a_client_of_ours_is_refused(string claim, string? value) =>
        await AssertRefusedAsync(Token(c => Put(c, claim, value)));

    [Fact]
    public async Task A_list_of_audiences_is_refused_though_ours_is_among_them() =>
        await AssertRefusedAsync(Token(c => c["aud"] = new[] { Audience, "https://other.example" }));

    [Fact]
    public async Task Our_own_audience_does_not_stand_for_theirs() =>
        await AssertRefusedAsync(Token(c => c["aud"] = door.Site.Access!.Audience));

    [Fact]
    public async Task A_token_in_our_name_by_their_key_is_nobodys() =>
        await AssertRefusedAsync(Token(c => (c["iss"], c["aud"]) = (door.Site.Access!.Issuer, door.Site.Access.Audience)));

    [Theory]
    [InlineData(-1, "token.expired")]
    [InlineData(-3600, "token.expired")]
    public async Task One_past_its_time_is_told_so(int seconds, string rule)
    {
        var answer = await ShowAsync(Token(c => c["exp"] = Now + seconds));

        Assert.Equal((401, rule), (answer.Status, answer.Text("rule")));
    }

    [Fact]
    public async Task One_from_the_future_is_refused()
    {
        await AssertRefusedAsync(Token(c => c["nbf"] = Now + 120));
        await AssertRefusedAsync(Token(c => c["iat"] = Now + 120));
    }

    [Fact]
    public async Task Only_the_configured_algorithm_is_taken_also_when_the_key_would_fit()
    {
        host.Keys = Forge.Set(Forge.Jwk(Forge.P384, "i1"), Forge.Jwk(Forge.Rsa, "i2"), Forge.Jwk(Forge.P256, "i3"));

        await AssertRefusedAsync(Token(header: h => (h["alg"], h["kid"]) = ("RS384", "i2"), algorithm: SignatureAlgorithm.RS384));
        await AssertRefusedAsync(Token(header: h => (h["alg"], h["kid"]) = ("ES256", "i3"), algorithm: SignatureAlgorithm.ES256));
        await AssertRefusedAsync(Token(header: h => h["alg"] = "none"));
        await AssertRefusedAsync(Token(header: h => h["alg"] = "HS384"));
        Assert.Equal(0, host.Asked);
    }

    [Fact]
    public async Task Another_key_another_id_and_a_key_that_is_brought_along_are_refused()
    {
        await AssertRefusedAsync(Token(key: strange));
        await AssertRefusedAsync(Token(header: h => h["kid"] = "i9"));
        await AssertRefusedAsync(Token(header: h => h.Remove("kid")));
        await AssertRefusedAsync(Token(header: h => h["jwk"] = Forge.Jwk(strange, "i1"), key: strange));
        await AssertRefusedAsync(Token(header: h => h["jku"] = "https://evil.example/jwks", key: strange));
    }

    [Fact]
    public async Task A_client_that_is_revoked_here_is_not_let_in_by_them()
    {
        var token = Token();
        Assert.Equal(200, (await ShowAsync(token)).Status);
        await door.Registry.RevokeAsync(client.Id, "anna", "left", default);
        await door.Watch.ConfirmAsync(default);

        Assert.Equal((401, "token.revoked"), await ShowAsync(token) is var a ? (a.Status, a.Text("rule")) : default);
    }

    [Fact]
    public async Task Invented_key_ids_make_us_ask_once()
    {
        Assert.Equal(200, (await ShowAsync(Token())).Status);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => ShowAsync(Token(header: h => h["kid"] = $"invented-{i}"))));

        Assert.Equal(1, host.Asked);
    }

    [Theory]
    [InlineData("500 Oops", null)]
    [InlineData("302 Found", null)]
    [InlineData("200 OK", "<html>")]
    [InlineData("200 OK", "huge")]
    public async Task Without_a_key_set_nobody_is_believed(string status, string? keys)
    {
        (host.Status, host.Keys) = (status, keys == "huge" ? $$"""{"keys":[],"x":"{{new string('x', 100_000)}}"}""" : keys ?? host.Keys);

        await AssertRefusedAsync(Token());
        await AssertRefusedAsync(Token());
        Assert.Equal(1, host.Asked);
    }

    [Fact]
    public async Task A_rotation_is_picked_up_and_the_old_key_is_gone()
    {
        host.Headers = "Cache-Control: max-age=60\r\n";
        Assert.Equal(200, (await ShowAsync(Token())).Status);

        // Both are published for a while; then only the new one.
        using var next = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        host.Keys = Forge.Set(Forge.Jwk(Forge.P384, "i1"), Forge.Jwk(next, "i2"));
        await PassAsync(TimeSpan.FromSeconds(40));
        Assert.Equal(200, (await ShowAsync(Token(header: h => h["kid"] = "i2", key: next))).Status);
        Assert.Equal(200, (await ShowAsync(Token())).Status);

        host.Keys = Forge.Set(Forge.Jwk(next, "i2"));
        await PassAsync(TimeSpan.FromSeconds(61));
        Assert.Equal(200, (await ShowAsync(Token(header: h => h["kid"] = "i2", key: next))).Status);
        await AssertRefusedAsync(Token());
    }

    private long Now => door.Time.GetUtcNow().ToUnixTimeSeconds();

    private string Token(
        Action<Dictionary<string, object>>? claims = null, Action<Dictionary<string, object>>? header = null,
        SignatureAlgorithm algorithm = SignatureAlgorithm.ES384, ECDsa? key = null)
    {
        var body = new Dictionary<string, object>
        {
            ["iss"] = Issuer, ["aud"] = Audience, ["sub"] = client.Id, ["client_id"] = client.Id, ["iat"] = Now, ["exp"] = Now + 300,
            ["jti"] = Guid.NewGuid().ToString("N"), ["scope"] = "system/Patient.rs",
        };
        var head = new Dictionary<string, object> { ["alg"] = "ES384", ["kid"] = "i1", ["typ"] = "at+jwt" };
        claims?.Invoke(body);
        header?.Invoke(head);
        if (head.TryGetValue("typ", out var type) && type is null)
        {
            head.Remove("typ");
        }

        return Forge.Token(JsonSerializer.Serialize(head), JsonSerializer.Serialize(body), algorithm, key);
    }

    private static void Put(Dictionary<string, object> claims, string name, string? value)
    {
        claims.Remove(name);
        if (value is not null)
        {
            claims[name] = value;
        }
    }

    /// <summary>Whoever holds a token may ask about it with itself.</summary>
    private Task<Answer> ShowAsync(string token) => door.PostAsync(
        "/oauth2/introspect", new Dictionary<string, string> { ["token"] = token }, r => r.Headers.Authorization = new("Bearer", token));

    private async Task AssertRefusedAsync(string token)
    {
        var answer = await ShowAsync(token);
        Assert.True((answer.Status, answer.Text("rule")) == (401, TokenRules.TokenInvalid.Id), answer.Body);
    }

    private async Task PassAsync(TimeSpan span)
    {
        door.Time.Shift += span;
        await door.Watch.ConfirmAsync(default);
    }
}
