using System.Security.Cryptography;
using Isthmus.Api.Tests.Running;
using Isthmus.Testing;
using Isthmus.Trust.Tests.Tokens.Jose;
using Isthmus.Trust.Tokens;

namespace Isthmus.Api.Tests.OAuth;

/// <summary>Tokens that are bound to a key (RFC 9449): the hostile list's A32 and A33.</summary>
public sealed class ProofTests(RunningDoor door) : IClassFixture<RunningDoor>
{
    private const string Url = "http://localhost/fhir/Patient";

    private static readonly ECDsa Key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    [Fact]
    public async Task A_token_got_with_a_proof_is_good_with_proofs_of_the_same_key()
    {
        var client = await door.ClientAsync(dpop: true);
        var answer = await client.AskAsync(more: r => r.Headers.Add("DPoP", ProofForToken()));
        Assert.Equal((200, "DPoP"), (answer.Status, answer.Text("token_type")));
        var token = answer.Text("access_token")!;

        Assert.NotNull((await PresentAsync(token, TestClient.Proof(Key, "GET", Url, token, door.Time.GetUtcNow()))).Caller);
        using var thief = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Equal(TokenRules.DpopInvalid, (await PresentAsync(token, TestClient.Proof(thief, "GET", Url, token, door.Time.GetUtcNow()))).Refusal);
    }

    [Fact, HostileRow("A32")]
    public async Task A32_A_proof_is_for_one_request()
    {
        var token = await BoundTokenAsync();
        var now = door.Time.GetUtcNow();
        var good = TestClient.Proof(Key, "GET", Url, token, now);
        Assert.NotNull((await PresentAsync(token, good)).Caller);
        var full = Key.ExportParameters(true);
        string[] faulty =
        [
            good, // once
            TestClient.Proof(Key, "POST", Url, token, now),
            TestClient.Proof(Key, "get", Url, token, now),
            TestClient.Proof(Key, "GET", Url + "/1", token, now),
            TestClient.Proof(Key, "GET", "https://localhost/fhir/Patient", token, now),
            TestClient.Proof(Key, "GET", Url, token + "x", now),
            TestClient.Proof(Key, "GET", Url, null, now),
            TestClient.Proof(Key, "GET", Url, token, now, header: h => h["typ"] = "JWT"),
            TestClient.Proof(Key, "GET", Url, token, now.AddSeconds(-100)),
            TestClient.Proof(Key, "GET", Url, token, now.AddSeconds(40)),
            TestClient.Proof(Key, "GET", Url, token, now, claims: c => c.Remove("jti")),
            TestClient.Proof(Key, "GET", Url, token, now, claims: c => c.Remove("iat")),
            TestClient.Proof(Key, "GET", Url, token, now, header: h => ((Dictionary<string, object>)h["jwk"])["d"] = Forge.Encode(full.D!)),
            TestClient.Proof(Key, "GET", Url, token, now, header: h => h.Remove("jwk")),
            TestClient.Proof(Key, "GET", Url, token, now, header: h => h["alg"] = "none"),
            "",
            "a.b.c",
        ];

        foreach (var proof in faulty)
        {
            Assert.Equal(TokenRules.DpopInvalid, (await PresentAsync(token, proof)).Refusal);
        }
    }

    [Fact, HostileRow("A32")]
    public async Task A32_At_the_token_endpoint_a_faulty_proof_gets_no_token()
    {
        var client = await door.ClientAsync();
        var once = ProofForToken();

        Assert.Equal(200, (await client.AskAsync(more: r => r.Headers.Add("DPoP", once))).Status);
        foreach (var proof in new[] { once, TestClient.Proof(Key, "GET", door.TokenUrl, null, door.Time.GetUtcNow()), "x" })
        {
            var answer = await client.AskAsync(more: r => r.Headers.Add("DPoP", proof));
            Assert.Equal((400, "invalid_dpop_proof"), (answer.Status, answer.Text("error")));
        }

        var two = await client.AskAsync(more: r => r.Headers.TryAddWithoutValidation("DPoP", [ProofForToken(), ProofForToken()]));
        Assert.Equal((400, "invalid_dpop_proof"), (two.Status, two.Text("error")));
    }

    [Fact, HostileRow("A33")]
    public async Task A33_A_bound_token_is_no_bearer_token()
    {
        var token = await BoundTokenAsync();

        Assert.Equal(TokenRules.BindingWrong, (await door.Check.CheckAsync(HostileTokenTests.Bearer(token), default)).Refusal);
    }

    [Fact]
    public async Task A_client_that_must_bind_its_tokens_gets_no_other()
    {
        var client = await door.ClientAsync(dpop: true);

        Assert.Equal((400, "token.dpop-required"), (await client.AskAsync()) is var a ? (a.Status, a.Text("rule")!) : default);
    }

    private async Task<string> BoundTokenAsync()
    {
        var client = await door.ClientAsync();
        return await client.TokenAsync(more: r => r.Headers.Add("DPoP", ProofForToken()));
    }

    private string ProofForToken() => TestClient.Proof(Key, "POST", door.TokenUrl, null, door.Time.GetUtcNow());

    private ValueTask<TokenVerdict> PresentAsync(string token, string proof) =>
        door.Check.CheckAsync(new PresentedToken(TokenScheme.Dpop, token, null, proof, "GET", Url), default);
}
