using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text;
using Isthmus.Api.Tests.Running;
using Isthmus.Testing;
using Isthmus.Trust.Tests.Tokens.Jose;
using Isthmus.Trust.Tokens.Jose;
using Isthmus.Trust.Tokens;

namespace Isthmus.Api.Tests.OAuth;

/// <summary>The rows of the hostile list on access tokens; each named by its id.</summary>
public sealed class HostileAccessTokenTests(RunningDoor door) : IClassFixture<RunningDoor>
{
    [Fact, HostileRow("A24")]
    public async Task A24_A_token_that_was_tampered_with_is_refused_cheaply()
    {
        var client = await door.ClientAsync();
        var token = await client.TokenAsync();
        var parts = token.Split('.');
        var forgedScope = Encoding.UTF8.GetString(StrictBase64Url.Decode(parts[1])!).Replace("Patient", "Group__", StringComparison.Ordinal);
        string[] faulty =
        [
            $"{parts[0]}.{Forge.Encode(forgedScope)}.{parts[2]}", token[..^8], token + "A", $"{token}.AAAA.AAAA", $"{parts[0]}..{parts[2]}",
            $"{Forge.Encode("""{"typ":"at+jwt","alg":"none","kid":"x"}""")}.{parts[1]}.", $"{parts[0]}.{parts[1]}.{Forge.Encode(new byte[64])}",
            new('a', 1 << 20), "", client.Assertion(),
        ];

        foreach (var text in faulty)
        {
            var verdict = await door.Check.CheckAsync(HostileTokenTests.Bearer(text), default);
            Assert.Null(verdict.Caller);
            Assert.Equal(TokenRules.TokenInvalid, verdict.Refusal);
        }

        // The best of some rounds: the machine may be busy with others.
        var best = TimeSpan.MaxValue;
        for (var round = 0; round < 10; round++)
        {
            var begun = Stopwatch.GetTimestamp();
            foreach (var text in faulty)
            {
                await door.Check.CheckAsync(HostileTokenTests.Bearer(text), default);
            }

            best = TimeSpan.FromTicks(Math.Min(best.Ticks, Stopwatch.GetElapsedTime(begun).Ticks));
        }

        Assert.InRange(best / faulty.Length, TimeSpan.Zero, TimeSpan.FromMilliseconds(5));
    }

    [Fact, HostileRow("A24")]
    public async Task A24_A_refused_token_is_answered_401_with_a_challenge()
    {
        var answer = await door.PostAsync(
            "/oauth2/introspect", [KeyValuePair.Create("token", "x")], r => r.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "a.b.c"));

        Assert.Equal((401, "Bearer error=\"invalid_token\""), (answer.Status, answer.Response.Headers.WwwAuthenticate.ToString()));
    }

    [Theory, Shall(265)]
    [InlineData(-1, true)]
    [InlineData(1, false)]
    public async Task S265_An_expired_token_is_refused(int past, bool good)
    {
        await using var own = new DoorOfItsOwn();
        var running = await own.OpenAsync();
        var client = await running.ClientAsync();
        var token = await client.TokenAsync();

        running.Time.Shift = TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(past * 3);
        await running.Watch.ConfirmAsync(default);

        var verdict = await running.Check.CheckAsync(HostileTokenTests.Bearer(token), default);
        Assert.Equal(good ? null : TokenRules.TokenExpired, verdict.Refusal);
    }

    [Fact, HostileRow("A26")]
    public async Task A26_A_token_of_another_issuer_or_for_another_audience_is_refused()
    {
        await using var own = new DoorOfItsOwn();
        var other = await own.OpenAsync();
        var client = await other.ClientAsync();

        Assert.Equal(TokenRules.TokenInvalid, (await door.Check.CheckAsync(HostileTokenTests.Bearer(await client.TokenAsync()), default)).Refusal);
    }

    [Fact, HostileRow("A28")]
    public async Task A28_A_revoked_token_is_refused_on_every_node_within_a_second()
    {
        var client = await door.ClientAsync();
        var (token, kept) = (await client.TokenAsync(), await client.TokenAsync());
        await using var secondWatch = await Isthmus.Trust.Access.State.AccessWatch.StartAsync(
            door.Store.For(Isthmus.Store.Connections.ZoneRole.Admission), door.Time, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, default);
        await using var second = new AccessTokenCheck(() => door.Site, secondWatch, door.Store.For(Isthmus.Store.Connections.ZoneRole.Admission), door.Remote, door.Time);
        Assert.NotNull((await second.CheckAsync(HostileTokenTests.Bearer(token), default)).Caller);

        var form = client.Form();
        form["token"] = token;
        Assert.Equal(200, (await door.PostAsync("/oauth2/revoke", form)).Status);

        await Isthmus.Testing.Eventually.Within(TimeSpan.FromSeconds(1), "the revocation on the second node", async () => (await second.CheckAsync(HostileTokenTests.Bearer(token), default)).Caller is null);
        Assert.NotNull((await second.CheckAsync(HostileTokenTests.Bearer(kept), default)).Caller);
    }

    [Fact, HostileRow("A28")]
    public async Task A28_Nobody_revokes_anothers_token_and_nobody_learns_whether_there_is_one()
    {
        var (one, two) = (await door.ClientAsync(), await door.ClientAsync());
        var token = await one.TokenAsync();

        foreach (var text in new[] { token, "nonsense" })
        {
            var form = two.Form();
            form["token"] = text;
            Assert.Equal((200, ""), (await door.PostAsync("/oauth2/revoke", form)) is var a ? (a.Status, a.Body) : default);
        }

        await door.Watch.ConfirmAsync(default);
        Assert.NotNull((await door.Check.CheckAsync(HostileTokenTests.Bearer(token), default)).Caller);
    }

    [Fact, HostileRow("A28")]
    public async Task A28_A_revoked_client_takes_its_tokens_along()
    {
        var client = await door.ClientAsync();
        var token = await client.TokenAsync();

        await door.Registry.RevokeAsync(client.Id, "anna", "left", default);
        await door.Watch.ConfirmAsync(default);

        Assert.Equal(TokenRules.TokenRevoked, (await door.Check.CheckAsync(HostileTokenTests.Bearer(token), default)).Refusal);
        Assert.Equal(401, (await client.AskAsync()).Status);
    }

    [Fact, HostileRow("A29")]
    public async Task A29_A_token_in_the_address_or_the_body_is_none()
    {
        var client = await door.ClientAsync();
        var token = await client.TokenAsync();

        Assert.Equal(400, (await door.PostAsync($"/oauth2/token?client_assertion={token}", client.Form())).Status);
        Assert.Equal(401, (await door.PostAsync("/oauth2/introspect", [KeyValuePair.Create("access_token", token), KeyValuePair.Create("token", token)])).Status);
        Assert.Equal(401, (await door.PostAsync($"/oauth2/introspect?access_token={token}", [KeyValuePair.Create("token", token)])).Status);
    }
}
