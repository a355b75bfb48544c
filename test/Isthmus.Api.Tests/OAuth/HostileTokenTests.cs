using System.Security.Cryptography;
using System.Text.Json;
using System.Text;
using Isthmus.Api.Tests.Running;
using Isthmus.Testing;
using Isthmus.Trust.Tests.Tokens.Jose;
using Isthmus.Trust.Tokens.Jose;
using Isthmus.Trust.Tokens;

namespace Isthmus.Api.Tests.OAuth;

/// <summary>The rows of the hostile list on assertions, tokens and proofs; each named by its id.</summary>
public sealed class HostileTokenTests(RunningDoor door) : IClassFixture<RunningDoor>
{
    [Fact, HostileRow("A02")]
    public async Task A02_A_public_key_is_no_shared_secret()
    {
        var client = await door.ClientAsync();
        var signed = $"{Forge.Encode("""{"alg":"HS256","kid":"krsa","typ":"JWT"}""")}.{client.Assertion().Split('.')[1]}";
        var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Forge.Rsa.ExportSubjectPublicKeyInfoPem()), Encoding.ASCII.GetBytes(signed));

        await AssertNotAuthenticatedAsync(client.AskAsync($"{signed}.{Forge.Encode(mac)}"));
    }

    [Fact, HostileRow("A03")]
    public async Task A03_An_empty_signature_is_nobodys()
    {
        var client = await door.ClientAsync();
        var parts = client.Assertion().Split('.');

        await AssertNotAuthenticatedAsync(client.AskAsync($"{parts[0]}.{parts[1]}.{Forge.Encode(new byte[96])}"));
    }

    [Theory, HostileRow("A04")]
    [InlineData(SignatureAlgorithm.PS384)]
    [InlineData(SignatureAlgorithm.ES256)]
    public async Task A04_Only_registered_algorithms_are_taken(SignatureAlgorithm algorithm)
    {
        var client = await door.ClientAsync();

        await AssertNotAuthenticatedAsync(client.AskAsync(client.Assertion(algorithm: algorithm)));
        await AssertNotAuthenticatedAsync(client.AskAsync(client.Assertion(header: h => h["alg"] = "RS256", algorithm: SignatureAlgorithm.RS384)));
    }

    [Fact, HostileRow("A05")]
    public async Task A05_Another_key_under_a_registered_id_is_another_key()
    {
        var client = await door.ClientAsync();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);

        await AssertNotAuthenticatedAsync(client.AskAsync(client.Assertion(key: other)));
    }

    [Fact, HostileRow("A06")]
    public async Task A06_An_unknown_key_id_is_refused()
    {
        var client = await door.ClientAsync();

        await AssertNotAuthenticatedAsync(client.AskAsync(client.Assertion(header: h => h["kid"] = "unknown")));
    }

    [Fact, HostileRow("A08")]
    public async Task A08_A_key_in_the_header_is_not_used()
    {
        var client = await door.ClientAsync();
        using var evil = ECDsa.Create(ECCurve.NamedCurves.nistP384);

        await AssertNotAuthenticatedAsync(client.AskAsync(client.Assertion(header: h => h["jwk"] = Forge.Jwk(evil, "k384"), key: evil)));
    }

    [Theory, HostileRow("A10")]
    [InlineData("x5u")]
    [InlineData("x5c")]
    [InlineData("jku")]
    public async Task A10_What_a_header_points_at_is_not_fetched(string name)
    {
        await using var host = new JwksHost(Forge.Set(Forge.Jwk(Forge.P384, "k384")));
        var client = await door.ClientAsync();

        await AssertNotAuthenticatedAsync(client.AskAsync(client.Assertion(header: h => h[name] = name == "x5c" ? new[] { "AAAA" } : host.Url.OriginalString)));
        Assert.Equal(0, host.Asked);
    }

    [Fact, HostileRow("A11")]
    public async Task A11_An_unknown_extension_is_not_understood()
    {
        var client = await door.ClientAsync();

        await AssertNotAuthenticatedAsync(client.AskAsync(client.Assertion(header: h => (h["crit"], h["x"]) = (new[] { "x" }, 1))));
    }

    [Theory, HostileRow("A13")]
    [InlineData(299, 200)]
    [InlineData(302, 401)]
    [InlineData(600, 401)]
    [InlineData(-31, 401)]
    [InlineData(-28, 200)]
    public async Task A13_An_assertion_expires_within_five_minutes(int seconds, int status)
    {
        var client = await door.ClientAsync();
        var now = door.Time.GetUtcNow().ToUnixTimeSeconds();

        Assert.Equal(status, (await client.AskAsync(client.Assertion(c => (c["iat"], c["exp"]) = (now - 100, now + seconds)))).Status);
    }

    [Theory, HostileRow("A14")]
    [InlineData("nbf", 40, 401)]
    [InlineData("iat", 40, 401)]
    [InlineData("nbf", 25, 200)]
    [InlineData("iat", 25, 200)]
    public async Task A14_Nothing_comes_from_the_future_beyond_the_skew(string claim, int seconds, int status)
    {
        var client = await door.ClientAsync();
        var now = door.Time.GetUtcNow().ToUnixTimeSeconds();

        Assert.Equal(status, (await client.AskAsync(client.Assertion(c => c[claim] = now + seconds))).Status);
    }

    [Fact, HostileRow("A16")]
    public async Task A16_An_audience_that_is_nearly_right_is_wrong()
    {
        var client = await door.ClientAsync();
        var (url, issuer) = (door.TokenUrl, door.Site.Access!.Issuer);
        object[] nearly =
        [
            "https://other.example/oauth2/token", new[] { url, "https://other.example" }, new[] { url }, url[..^1], url + "/", url + "?", url.ToUpperInvariant(),
            issuer + "/", issuer + "/oauth2", url.Replace("localhost", "127.0.0.1", StringComparison.Ordinal), "", 7,
        ];

        foreach (var audience in nearly)
        {
            var answer = await client.AskAsync(client.Assertion(c => c["aud"] = audience));
            Assert.True(answer.Status == 401, $"{JsonSerializer.Serialize(audience)}: {answer.Body}");
        }

        Assert.Equal(401, (await client.AskAsync(client.Assertion(c => c.Remove("aud")))).Status);
    }

    [Fact, HostileRow("A17")]
    public async Task A17_The_token_URL_and_the_issuer_are_the_two_audiences()
    {
        var client = await door.ClientAsync();

        Assert.Equal(200, (await client.AskAsync(client.Assertion(c => c["aud"] = door.TokenUrl))).Status);
        Assert.Equal(200, (await client.AskAsync(client.Assertion(c => c["aud"] = door.Site.Access!.Issuer))).Status);
    }

    [Fact, HostileRow("A19")]
    public async Task A19_An_assertion_serves_once()
    {
        var client = await door.ClientAsync();
        var assertion = client.Assertion();

        Assert.Equal(200, (await client.AskAsync(assertion)).Status);
        await AssertNotAuthenticatedAsync(client.AskAsync(assertion));
        // Nor does its jti in another one.
        var id = Guid.NewGuid().ToString();
        Assert.Equal(200, (await client.AskAsync(client.Assertion(c => c["jti"] = id))).Status);
        await AssertNotAuthenticatedAsync(client.AskAsync(client.Assertion(c => (c["jti"], c["exp"]) = (id, door.Time.GetUtcNow().ToUnixTimeSeconds() + 100))));
    }

    [Fact, HostileRow("A20")]
    public async Task A20_Of_twenty_at_once_one_is_served()
    {
        var client = await door.ClientAsync();
        var assertion = client.Assertion();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.AskAsync(assertion)));

        Assert.Single(answers, a => a.Status == 200);
        Assert.Equal(19, answers.Count(a => a.Status == 401));
    }

    [Fact, HostileRow("A23")]
    public async Task A23_Two_clients_may_choose_the_same_jti()
    {
        var (one, two) = (await door.ClientAsync(), await door.ClientAsync());
        var id = Guid.NewGuid().ToString();

        Assert.Equal(200, (await one.AskAsync(one.Assertion(c => c["jti"] = id))).Status);
        Assert.Equal(200, (await two.AskAsync(two.Assertion(c => c["jti"] = id))).Status);
    }

    [Theory, HostileRow("A35")]
    [InlineData("scope")]
    [InlineData("grant_type")]
    [InlineData("client_assertion")]
    [InlineData("anything")]
    public async Task A35_No_parameter_stands_twice(string name)
    {
        var client = await door.ClientAsync();
        var form = client.Form();
        form["anything"] = "1";

        var answer = await door.PostAsync("/oauth2/token", form.Append(KeyValuePair.Create(name, form[name])));

        Assert.Equal((400, "invalid_request"), (answer.Status, answer.Text("error")));
    }

    [Fact, HostileRow("A37")]
    public async Task A37_Whether_a_client_exists_is_told_to_nobody()
    {
        var client = await door.ClientAsync();
        var pending = await door.ClientAsync(approved: false);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);

        var answers = new[]
        {
            await client.AskAsync(client.Assertion(key: other)),
            await client.AskAsync(client.Assertion(header: h => h["kid"] = "unknown")),
            await pending.AskAsync(),
            await client.AskAsync(client.Assertion(c => c["iss"] = c["sub"] = "nobody")),
        };

        Assert.Single(answers.Select(a => (a.Status, a.Body)).Distinct());
    }

    [Fact, HostileRow("A38")]
    public async Task A38_What_goes_beyond_the_registration_is_refused()
    {
        var client = await door.ClientAsync();

        var answer = await client.AskAsync(scope: "system/*.cruds");

        Assert.Equal((400, "invalid_scope", "scope.over-broad"), (answer.Status, answer.Text("error"), answer.Text("rule")));
    }

    /// <summary>What a registration says beyond its own members is passed over (RFC 7591 section 2), above all what the site decides.</summary>
    [Fact, HostileRow("B07")]
    public async Task B07_Nobody_approves_itself_in_its_registration()
    {
        var desk = await door.ClientAsync(AuthorizationServer.RegisterScope, Sites.Desk);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth2/register")
        {
            Content = new StringContent(
                $$"""
                {"client_name":"Ward board","software_id":"patient-app","purpose":"Shows results.","owner":"Nephrology","scope":"system/Patient.rs",
                 "jwks":{{Forge.Set(Forge.Jwk(Forge.P384, "k384"))}},"client_id":"mine","id":"mine","state":"approved","approved":true,"approved_by":"anna",
                 "registered_by":"ben","tenant":2,"tenantId":2,"environment":"production","expires":"9999-12-31","traffic":"batch","class":"admin"}
                """, Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new("Bearer", await desk.TokenAsync(AuthorizationServer.RegisterScope));

        var answer = await door.SendAsync(request, null);
        await door.Watch.ConfirmAsync(default);

        Assert.Equal((201, "pending"), (answer.Status, answer.Text("state")));
        var made = (await door.Registry.FindAsync(answer.Text("client_id")!, default))!;
        Assert.NotEqual("mine", made.Id);
        Assert.Equal((door.Site.Tenant.Id, door.Site.Environment, desk.Id), (made.Tenant, made.Environment, made.RegisteredBy));
        Assert.Equal(401, (await new TestClient(door, made.Id).AskAsync()).Status);
    }

    [Fact]
    public async Task A_client_that_is_switched_off_gets_no_token()
    {
        var client = await door.ClientAsync();
        var switches = new Isthmus.Trust.Access.Switches.SwitchStore(door.Store.For(Isthmus.Store.Connections.ZoneRole.Operator));

        await switches.OffAsync(door.Site.Tenant.Id, Isthmus.Trust.Access.Switches.SwitchKind.Client, client.Id, "anna", "key on a stolen laptop", default);
        await door.Watch.ConfirmAsync(default);
        await AssertNotAuthenticatedAsync(client.AskAsync());

        await switches.OnAsync(door.Site.Tenant.Id, Isthmus.Trust.Access.Switches.SwitchKind.Client, client.Id, "anna", "found again", default);
        await door.Watch.ConfirmAsync(default);
        Assert.Equal(200, (await client.AskAsync()).Status);
    }

    [Fact]
    public async Task Without_a_scope_there_is_no_token()
    {
        var client = await door.ClientAsync();
        var form = client.Form();
        form.Remove("scope");

        Assert.Equal((400, "invalid_scope"), (await door.PostAsync("/oauth2/token", form)) is var a ? (a.Status, a.Text("error")!) : default);
    }

    [Fact]
    public async Task A_secret_is_refused_even_beside_a_good_assertion()
    {
        var client = await door.ClientAsync();
        var form = client.Form();
        form["client_secret"] = "hunter2";

        Assert.Equal("token.secret-refused", (await door.PostAsync("/oauth2/token", form)).Text("rule"));
    }

    internal static PresentedToken Bearer(string token) => new(TokenScheme.Bearer, token, null, null, "GET", "http://localhost/fhir/Patient");

    private static async Task AssertNotAuthenticatedAsync(Task<Answer> asking)
    {
        var answer = await asking;
        Assert.Equal((401, "invalid_client"), (answer.Status, answer.Text("error")));
        Assert.False(answer.Has("access_token"));
    }
}
