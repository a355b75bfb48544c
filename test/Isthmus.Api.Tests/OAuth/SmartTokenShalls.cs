using System.Text;
using Isthmus.Api.Fhir;
using Isthmus.Api.Tests.Running;
using Isthmus.Exchange.Contracts;
using Isthmus.Store.Connections;
using Isthmus.Trust.Access;
using Isthmus.Trust.Clients;
using Isthmus.Trust.Tests.Tokens.Jose;
using Isthmus.Trust.Tokens;
using Isthmus.Trust.Tokens.Jose;
using Microsoft.Extensions.Logging.Abstractions;

namespace Isthmus.Api.Tests.OAuth;

/// <summary>What SMART App Launch 2.2 says a server SHALL do when a machine asks for a token and uses it.</summary>
public sealed class SmartTokenShalls(RunningDoor door) : IClassFixture<RunningDoor>
{
    [Fact, Shall(240)]
    public async Task S240_A_client_that_nobody_approved_gets_no_token()
    {
        var pending = await door.ClientAsync(approved: false);

        Assert.Equal((401, "invalid_client"), Outcome(await pending.AskAsync()));
        await door.Registry.ApproveAsync(pending.Id, "ben", "looked at", default);
        await door.Watch.ConfirmAsync(default);
        Assert.Equal(200, (await pending.AskAsync()).Status);
    }

    [Fact, Shall(241)]
    public async Task S241_The_scopes_that_were_asked_for_restrict_the_token()
    {
        var client = await door.ClientAsync("system/Patient.rs system/Observation.rs");

        var caller = (await door.Check.BelieveAsync(await client.TokenAsync("system/Observation.r"), default)).Caller!;

        Assert.Equal("system/Observation.r", caller.Scopes.ToString());
    }

    [Fact, Shall(249, 335)]
    public async Task S249_S335_An_assertion_is_validated_with_its_signature()
    {
        var client = await door.ClientAsync();
        using var other = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP384);

        Assert.Equal(200, (await client.AskAsync()).Status);
        Assert.Equal((401, "invalid_client"), Outcome(await client.AskAsync(client.Assertion(key: other))));
        var parts = client.Assertion().Split('.');
        Assert.Equal((401, "invalid_client"), Outcome(await client.AskAsync($"{parts[0]}.{parts[1]}.")));
        Assert.Equal((401, "invalid_client"), Outcome(await client.AskAsync($"{parts[0]}.{parts[1]}")));

        // RFC 7523 section 3: each claim that must be there, and what it must say.
        foreach (var claim in new[] { "iss", "sub", "aud", "exp", "jti" })
        {
            Assert.Equal((401, "invalid_client"), Outcome(await client.AskAsync(client.Assertion(c => c.Remove(claim)))));
            Assert.Equal((401, "invalid_client"), Outcome(await client.AskAsync(client.Assertion(c => c[claim] = ""))));
            Assert.Equal((401, "invalid_client"), Outcome(await client.AskAsync(client.Assertion(c => c[claim] = null!))));
        }

        var now = door.Time.GetUtcNow().ToUnixTimeSeconds();
        Assert.Equal((401, "invalid_client"), Outcome(await client.AskAsync(client.Assertion(c => c["exp"] = now - 60))));
        Assert.Equal((401, "invalid_client"), Outcome(await client.AskAsync(client.Assertion(c => c["nbf"] = now + 60))));
        Assert.Equal((401, "invalid_client"), Outcome(await client.AskAsync(client.Assertion(c => c["aud"] = "https://other.example/token"))));
        Assert.Equal((401, "invalid_client"), Outcome(await client.AskAsync(client.Assertion(c => c["sub"] = "somebody-else"))));
    }

    [Fact, Shall(250)]
    public async Task S250_More_than_was_registered_is_refused_and_not_trimmed()
    {
        var client = await door.ClientAsync();

        Assert.Equal((400, "invalid_scope"), Outcome(await client.AskAsync(scope: "system/Patient.cruds")));
        Assert.Equal((400, "invalid_scope"), Outcome(await client.AskAsync(scope: "system/Patient.rs system/Observation.rs")));
    }

    [Fact, Shall(251, 340)]
    public async Task S251_S340_Errors_are_those_of_OAuth()
    {
        var client = await door.ClientAsync();
        var other = client.Form();
        other["grant_type"] = "password";
        var unread = client.Form();
        unread.Remove("grant_type");

        Assert.Equal((400, "unsupported_grant_type"), Outcome(await door.PostAsync("/oauth2/token", other)));
        Assert.Equal((400, "invalid_request"), Outcome(await door.PostAsync("/oauth2/token", unread)));
        Assert.Equal((400, "invalid_scope"), Outcome(await client.AskAsync(scope: "everything")));
        var failed = await client.AskAsync("not.an.assertion");
        Assert.Equal((401, "invalid_client"), Outcome(failed));

        // Who does not prove anything is not authenticated either.
        var (silent, otherwise) = (client.Form(), client.Form());
        silent.Remove("client_assertion");
        otherwise["client_assertion_type"] = "not_an_assertion_type";
        Assert.Equal((400, "invalid_client"), Outcome(await door.PostAsync("/oauth2/token", silent)));
        Assert.Equal((400, "invalid_client"), Outcome(await door.PostAsync("/oauth2/token", otherwise)));
        Assert.Equal("application/json", failed.Response.Content.Headers.ContentType!.MediaType);
        Assert.Contains("no-store", failed.Header("Cache-Control"), StringComparison.Ordinal);
    }

    [Fact, Shall(253, 254, 255, 256, 258, 259)]
    public async Task S253_S259_A_valid_request_is_answered_with_token_type_lifetime_and_scope()
    {
        var client = await door.ClientAsync("system/Patient.rs system/Observation.rs");

        var answer = await client.AskAsync(scope: "system/Patient.read system/Observation.r");

        Assert.Equal(200, answer.Status);
        Assert.Equal(3, answer.Text("access_token")!.Split('.').Length);
        Assert.Equal("bearer", answer.Text("token_type"));
        Assert.Equal("300", answer.Text("expires_in"));
        // The same as asked for, in the words of the second version.
        Assert.Equal("system/Observation.r system/Patient.rs", answer.Text("scope"));
        Assert.Contains("no-store", answer.Header("Cache-Control"), StringComparison.Ordinal);
        Assert.Equal("no-cache", answer.Header("Pragma"));
    }

    [Fact, Shall(261)]
    public async Task S261_Tokens_live_five_minutes_and_never_more_than_fifteen()
    {
        var client = await door.ClientAsync();
        var caller = (await door.Check.BelieveAsync(await client.TokenAsync(), default)).Caller!;

        Assert.InRange(caller.Expires - door.Time.GetUtcNow(), TimeSpan.FromMinutes(4.8), TimeSpan.FromMinutes(5));
        Assert.Equal(TimeSpan.FromMinutes(15), AccessSettings.LongestLifetime);
    }

    [Fact, Shall(266)]
    public async Task S266_A_scope_must_cover_what_is_asked_of_a_resource()
    {
        var client = await door.ClientAsync();
        var caller = (await door.Check.BelieveAsync(await client.TokenAsync(), default)).Caller!;
        var policy = AccessPolicy.Compile(door.Site.AccessPolicy!);

        AccessDecision Decide(string type, Interactions interaction) => policy.Decide(AppClass.Read, ScopeLevel.System, caller.Scopes, AccessNeed.To((type, interaction)));

        Assert.Null(Decide("Patient", Interactions.Read).Refusal);
        Assert.NotNull(Decide("Patient", Interactions.Update).Refusal);
        Assert.NotNull(Decide("Observation", Interactions.Read).Refusal);
    }

    [Fact, Shall(310)]
    public async Task S310_RS384_and_ES384_are_verified()
    {
        var client = await door.ClientAsync();

        Assert.Equal(200, (await client.AskAsync(client.Assertion(algorithm: SignatureAlgorithm.RS384))).Status);
        Assert.Equal(200, (await client.AskAsync(client.Assertion(algorithm: SignatureAlgorithm.ES384))).Status);
    }

    [Fact, Shall(316)]
    public async Task S316_Whoever_registers_is_given_an_id()
    {
        var one = await door.ClientAsync(approved: false);
        var two = await door.ClientAsync(approved: false);

        Assert.NotEqual(one.Id, two.Id);
        Assert.NotEmpty(one.Id);
    }

    [Fact, Shall(336)]
    public async Task S336_A_jti_serves_once()
    {
        var client = await door.ClientAsync();
        var assertion = client.Assertion();

        Assert.Equal(200, (await client.AskAsync(assertion)).Status);
        Assert.Equal((401, "invalid_client"), Outcome(await client.AskAsync(assertion)));

        // As long as it could be good, and at another node too: both ask the same store.
        await using var other = await AuthorizationServer.OpenAsync(
            () => door.Site, door.Watch, door.Store.For(ZoneRole.Tokens), door.Keys, door.Remote, door.Check, door.Conduct, door.Time, NullLogger.Instance, default);
        var form = Encoding.ASCII.GetBytes(await new FormUrlEncodedContent(client.Form(assertion)).ReadAsStringAsync());
        var answer = await other.TokenAsync(new TokenRequest(FormFields.Read(form), null, null), default);
        Assert.Equal((401, TokenRules.Replayed), (answer.Refusal!.Status, answer.Refusal.Cause));
    }

    [Fact, Shall(337)]
    public async Task S337_The_client_is_known_and_is_the_issuer()
    {
        var client = await door.ClientAsync();
        var form = client.Form();
        form["client_id"] = "somebody-else";

        Assert.Equal((401, "invalid_client"), Outcome(await door.PostAsync("/oauth2/token", form)));
        Assert.Equal((401, "invalid_client"), Outcome(await client.AskAsync(client.Assertion(c => c["iss"] = c["sub"] = "nobody"))));
        Assert.Equal((401, "invalid_client"), Outcome(await client.AskAsync(client.Assertion(c => c["iss"] = "somebody-else"))));
    }

    [Fact, Shall(338)]
    public async Task S338_The_key_is_the_one_registered_of_that_id_and_kind()
    {
        await using var host = new JwksHost(Forge.Set(Forge.Jwk(Forge.P384, "k384")));
        var remote = await door.ClientAsync(credential: new ClientCredential { KeysUrl = host.Url });
        var here = await door.ClientAsync();

        // 1: a jku must be the registered one.
        Assert.Equal(200, (await remote.AskAsync(remote.Assertion(header: h => h["jku"] = host.Url.OriginalString))).Status);
        Assert.Equal(401, (await remote.AskAsync(remote.Assertion(header: h => h["jku"] = host.Url.OriginalString + "?x"))).Status);
        Assert.Equal(401, (await here.AskAsync(here.Assertion(header: h => h["jku"] = host.Url.OriginalString))).Status);

        // 3: the id, and a kind that fits the algorithm.
        Assert.Equal(401, (await here.AskAsync(here.Assertion(header: h => h["kid"] = "krsa"))).Status);
        Assert.Equal(401, (await here.AskAsync(here.Assertion(header: h => h.Remove("kid")))).Status);

        // Of several that match, none.
        using var twin = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP384);
        var one = Forge.SetOf(Forge.Jwk(Forge.P384, "k384")).Keys[0];
        var two = Forge.SetOf(Forge.Jwk(twin, "k384")).Keys[0];
        Assert.Same(one, new KeySet([one]).Find("k384", SignatureAlgorithm.ES384));
        Assert.Null(new KeySet([one, two]).Find("k384", SignatureAlgorithm.ES384));
        Assert.Null(new KeySet([one]).Find("k384", SignatureAlgorithm.ES256));
        Assert.Null(new KeySet([one]).Find("k384", SignatureAlgorithm.RS384));
    }

    [Fact, Shall(247)]
    public async Task S247_Everything_but_metadata_and_public_keys_asks_who_comes()
    {
        foreach (var (path, expected) in new[]
        {
            ("/oauth2/token", (400, "invalid_client")), ("/oauth2/revoke", (400, "invalid_client")),
            ("/oauth2/introspect", (401, "invalid_token")), ("/oauth2/register", (401, "invalid_token")),
        })
        {
            var answer = await door.PostAsync(path, [KeyValuePair.Create("token", "x"), KeyValuePair.Create("grant_type", "client_credentials")]);
            Assert.Equal(expected, Outcome(answer));
            Assert.False(answer.Has("active"), path);
        }

        // Of the API, only what says how to get in.
        var api = new FhirRoutes(door.Store.For(ZoneRole.Api), door.Keys, () => door.Site, "0", door.Time).All;
        Assert.True(api.Count > 5);
        Assert.Equal("/fhir/metadata", Assert.Single(api, route => route.Need is null).Template);

        foreach (var path in new[] { "/.well-known/smart-configuration", "/.well-known/oauth-authorization-server", "/oauth2/jwks" })
        {
            Assert.Equal(200, (await door.GetAsync(path)).Status);
        }
    }

    private static (int, string?) Outcome(Answer answer) => (answer.Status, answer.Text("error"));
}
