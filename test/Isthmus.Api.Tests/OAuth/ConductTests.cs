using System.Net;
using Isthmus.Api.Tests.Running;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Store.Connections;
using Isthmus.Trust.Access.Conduct;
using Isthmus.Trust.Tests.Tokens.Jose;
using Isthmus.Trust.Tokens;
using Isthmus.Trust.Tokens.Jose;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Isthmus.Api.Tests.OAuth;

/// <summary>What clients do at the door is counted by cause, and what is unusual is told once.</summary>
public sealed class ConductTests : IAsyncLifetime
{
    private readonly DoorOfItsOwn own = new();
    private RunningDoor door = null!;

    private static ConductLimits Limits { get; } = new() { Failures = 10, Repeats = 6, Spread = 8 };

    public async Task InitializeAsync()
    {
        door = await own.OpenAsync();
        door.Site = door.Site with { Access = door.Site.Access! with { Alerts = Limits } };
    }

    public async Task DisposeAsync() => await own.DisposeAsync();

    [Fact]
    public async Task Tokens_and_failures_are_counted_for_the_client_by_their_cause()
    {
        var client = await door.ClientAsync();
        var now = door.Time.GetUtcNow().ToUnixTimeSeconds();
        using var strange = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP384);
        var once = client.Assertion();
        await client.AskAsync(once);
        await client.AskAsync(once);
        await client.AskAsync();
        await client.AskAsync(client.Assertion(c => c["exp"] = now - 100));
        await client.AskAsync(client.Assertion(c => (c["iat"], c["exp"]) = (now + 100, now + 200)));
        await client.AskAsync(client.Assertion(header: h => h["kid"] = "nobody's"));
        await client.AskAsync(client.Assertion(key: strange));
        await client.AskAsync(scope: "system/*.cruds");
        await client.AskAsync(client.Assertion(c => c["aud"] = "https://elsewhere.example"));
        await door.Registry.RevokeAsync(client.Id, "anna", "left", default);
        await door.Watch.ConfirmAsync(default);
        await client.AskAsync();

        Assert.Equal(
            new Dictionary<string, long>
            {
                ["issued"] = 2, ["early"] = 1, ["replay"] = 1, ["skew"] = 2, ["key"] = 2, ["spread"] = 2, ["scope"] = 1, ["malformed"] = 1, ["policy"] = 1,
            },
            (await ConductAsync(client.Id)).Causes.ToDictionary(c => c.Cause, c => c.LastHour));
    }

    [Fact]
    public async Task A_token_is_early_only_while_half_of_the_last_one_s_time_is_left()
    {
        var client = await door.ClientAsync();
        await client.TokenAsync();
        door.Time.Shift += door.Site.Access!.TokenLifetime / 2;
        await door.Watch.ConfirmAsync(default);
        await client.TokenAsync();

        Assert.Equal([new { Cause = "issued", LastHour = 2L }], (await ConductAsync(client.Id)).Causes.Select(c => new { c.Cause, c.LastHour }));
    }

    [Fact]
    public async Task What_two_nodes_see_is_one_alert_one_signal_and_one_event_until_it_was_quiet()
    {
        var client = (await door.ClientAsync()).Id;
        await using var other = new ConductTally(door.Store.For(ZoneRole.Tokens), () => door.Site, door.Time, NullLogger.Instance);

        await FailAsync(door.Conduct, client, 6);
        Assert.Equal(0L, await ScalarAsync("SELECT count(*) FROM access.alert"));
        await FailAsync(other, client, 6);
        await FailAsync(door.Conduct, client, 50);
        await FailAsync(other, client, 50);

        var alert = Assert.Single((await ConductAsync(client)).Alerts);
        Assert.Equal(("skew", 112, null), (alert.Cause, alert.Times, alert.Closed));
        Assert.Equal(1L, await ScalarAsync($"SELECT count(*) FROM exchange.signal WHERE kind = '{SignalKinds.ConductUnusual}' AND subject = 'client {client}'"));
        Assert.Equal(1L, await ScalarAsync("SELECT count(*) FROM ledger.pending WHERE kind[1] = 'access.alerted'"));

        // Another cause is another alert; quiet ends the first, and the next occasion is told again.
        await FailAsync(door.Conduct, client, 10, ConductCause.Key);
        await ScalarAsync("SELECT access.forget_conduct(interval '0')");
        await FailAsync(door.Conduct, client, 1);
        Assert.Equal(["skew", "skew", "key"], (await ConductAsync(client)).Alerts.OrderBy(a => a.Closed is not null).ThenByDescending(a => a.Cause).Select(a => a.Cause));
        Assert.Equal(3L, await ScalarAsync($"SELECT count(DISTINCT key) FROM exchange.signal WHERE kind = '{SignalKinds.ConductUnusual}'"));
    }

    [Fact]
    public async Task Asking_again_and_again_is_told_though_nothing_fails()
    {
        var client = await door.ClientAsync();
        for (var i = 0; i <= Limits.Repeats; i++)
        {
            await client.TokenAsync();
        }

        Assert.Equal(["early"], (await ConductAsync(client.Id)).Alerts.Select(a => a.Cause));
    }

    [Fact]
    public async Task Ever_different_ids_are_told_from_one_that_is_sent_again()
    {
        for (var i = 0; i < Limits.Spread; i++)
        {
            door.Conduct.Failed(ConductCause.Stranger, null, IPAddress.Parse("2001:db8:1:1::1"), "the-same");
            door.Conduct.Failed(ConductCause.Stranger, null, IPAddress.Parse($"2001:db8:2:2::{i}"), $"guess-{i}");
        }

        await door.Conduct.FlushAsync(default);

        Assert.Equal("2001:db8:2:2:: spread", await ScalarAsync("SELECT string_agg(subject || ' ' || cause, ';') FROM access.alert"));
        Assert.Equal(0L, await ScalarAsync("SELECT count(*) FROM access.conduct c WHERE c::text LIKE '%guess%' OR c::text LIKE '%the-same%'"));
    }

    [Fact]
    public async Task A_flood_from_everywhere_takes_bounded_room_and_few_tasks_and_hides_no_client()
    {
        var client = (await door.ClientAsync()).Id;
        for (var i = 0; i < 3000; i++)
        {
            for (var times = 0; times < Limits.Failures; times++)
            {
                door.Conduct.Failed(ConductCause.Token, null, new IPAddress([198, 51, (byte)(i >> 8), (byte)i]));
            }
        }

        door.Conduct.Failed(ConductCause.Token, client, new IPAddress([203, 0, 113, 1]));
        await door.Conduct.FlushAsync(default);

        Assert.Equal(1, Assert.Single((await ConductAsync(client)).Causes).LastHour);
        Assert.InRange((long)(await ScalarAsync("SELECT count(*) FROM access.conduct"))!, 1000, 1100);
        Assert.Equal(20L, await ScalarAsync("SELECT count(*) FROM exchange.signal"));
    }

    [Fact]
    public async Task What_is_counted_while_the_store_is_away_is_not_lost()
    {
        var client = (await door.ClientAsync()).Id;
        await door.Store.ExecuteAsOwnerAsync("REVOKE EXECUTE ON FUNCTION access.count_conduct FROM isthmus_tokens");
        await FailAsync(door.Conduct, client, 4);
        await door.Store.ExecuteAsOwnerAsync("GRANT EXECUTE ON FUNCTION access.count_conduct TO isthmus_tokens");
        await FailAsync(door.Conduct, client, 1);

        Assert.Equal(5, Assert.Single((await ConductAsync(client)).Causes).LastHour);
    }

    [Fact]
    public void Our_own_faults_are_nobodys_conduct()
    {
        Assert.Null(RefusedConduct.Of(TokenRules.StoreUnavailable));
        Assert.Null(RefusedConduct.Of(TokenRules.KeyUnavailable));
        Assert.Null(RefusedConduct.Of(TokenRules.StateUnconfirmed));
        Assert.Equal(ConductCause.Malformed, RefusedConduct.Of(JoseRules.NotCompact));
    }

    private static async Task FailAsync(ConductTally tally, string client, int times, ConductCause cause = ConductCause.Skew)
    {
        for (var i = 0; i < times; i++)
        {
            tally.Failed(cause, client, IPAddress.Loopback);
        }

        await tally.FlushAsync(default);
    }

    private async Task<ClientConduct> ConductAsync(string client)
    {
        await door.Conduct.FlushAsync(default);
        return await new ConductReport(door.Store.For(ZoneRole.Operator)).OfAsync(client, default);
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(door.Store.OwnerAddress);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
