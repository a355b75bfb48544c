using Isthmus.Exchange;
using Isthmus.Exchange.Packs;
using Isthmus.Store.Connections;
using Isthmus.Testing;
using Isthmus.Trust.Consent.Directives;
using Npgsql;
using static Isthmus.Outbound.Tests.Deliveries.Arrangement;

namespace Isthmus.Outbound.Tests.Deliveries;

public sealed class OutboundZoneTests : IAsyncLifetime
{
    private readonly Guid person = Guid.NewGuid();
    private Arrangement here = null!;

    public async Task InitializeAsync() => here = await CreateAsync();

    public async Task DisposeAsync() => await here.DisposeAsync();

    [Fact]
    public async Task A_delivery_is_made_settled_audited_and_its_payload_dropped()
    {
        var id = await here.QueueAsync("ehr", person, Patient(person), Observation(person, "o", "4.1"));

        await here.DrainAsync();

        Assert.Equal("d 1", await here.StateAsync(id));
        Assert.Null(await here.ColumnAsync(id, "payload"));
        Assert.NotNull(await here.ColumnAsync(id, "settled"));
        Assert.Equal(2, (int)(await here.EffectsAsync(here.Ehr.Address))["changes"]!);
        Assert.Equal("delivery.delivered", await here.ScalarAsync("SELECT kind[1] FROM ledger.pending"));
        Assert.Contains("\"destination\":\"ehr\"", (string)(await here.ScalarAsync("SELECT detail[1] FROM ledger.pending"))!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deliveries_of_one_person_arrive_in_order_whatever_fails_between()
    {
        var ids = new List<long>();
        for (var i = 0; i < 12; i++)
        {
            ids.Add(await here.QueueAsync("ehr", person, Observation(person, "o", $"{i}")));
        }

        await here.OrderFaultAsync(here.Ehr.Address, new { kind = "500", count = 2 });
        await here.DrainAsync();

        Assert.Equal(ids.Select(id => $"{id}"), await here.DeliveriesOfAsync(here.Ehr.Address, $"Patient/{person}"));
        Assert.Equal("d 3 delivery.application", await here.ColumnAsync(ids[0], "state::text || ' ' || attempts || ' ' || coalesce(rule, 'delivery.application')"));
        Assert.Equal("d 1", await here.StateAsync(ids[1]));
    }

    [Fact]
    public async Task What_an_earlier_commit_settled_is_not_told_to_the_ledger_again()
    {
        await here.OrderFaultAsync(here.Ehr.Address, new { kind = "latency", count = 1, milliseconds = 500 });
        var settled = await here.QueueAsync("ehr", person, Observation(person, "o1", "1"));
        var behind = await here.QueueAsync("ehr", person, Observation(person, "o2", "2"));
        await using var zone = here.Zone();

        await RunWhileAsync(zone, async () =>
        {
            // As it is when PostgreSQL dies between a commit and its answer: done, and the writer does not know.
            await Eventually.Within(TimeSpan.FromSeconds(30), "it is under way", async () =>
                (long)(await here.ScalarAsync($"SELECT count(*) FROM outbound.in_flight WHERE {settled} = ANY (deliveries)"))! == 1);
            await here.Store.ExecuteAsOwnerAsync($"UPDATE exchange.delivery SET state = 'd' WHERE id = {settled}");
            await Eventually.Within(TimeSpan.FromSeconds(30), "the next is made", async () => await here.StateAsync(behind) == "d 1");
        });

        Assert.Equal(1L, await here.ScalarAsync("SELECT count(*) FROM ledger.pending, unnest(kind) AS one WHERE one = 'delivery.delivered'"));
    }

    [Fact]
    public async Task A_failing_head_holds_back_only_its_own_person()
    {
        var other = Guid.NewGuid();
        await here.OrderFaultAsync(here.Ehr.Address, new { kind = "500", match = $"Patient/{person}" });
        var stuck = await here.QueueAsync("ehr", person, Observation(person, "o1", "1"));
        var behind = await here.QueueAsync("ehr", person, Observation(person, "o2", "2"));
        var free = new List<long>();
        for (var i = 0; i < 5; i++)
        {
            free.Add(await here.QueueAsync("ehr", other, Observation(other, "x", $"{i}")));
        }

        await using var zone = here.Zone(maxAttempts: 1000);
        await RunWhileAsync(zone, () => Eventually.Within(
            TimeSpan.FromSeconds(10), "the other person is served", async () => await here.CountAsync("state = 'd'") == 5));

        Assert.StartsWith("p ", await here.StateAsync(stuck), StringComparison.Ordinal);
        Assert.Equal("p 0", await here.StateAsync(behind));
    }

    [Fact]
    public async Task An_ambiguous_timeout_is_repeated_and_has_one_effect()
    {
        await here.OrderFaultAsync(here.Ehr.Address, new { kind = "timeout-after-effect", count = 1, milliseconds = 5 });
        await here.OrderFaultAsync(here.Registry.Address, new { kind = "timeout-after-effect", count = 1, milliseconds = 5 });
        await here.GrantResearchAsync(person);
        var toEhr = await here.QueueAsync("ehr", person, Patient(person));
        var toRegistry = await here.QueueAsync("registry", person, Document("s", 1));

        await here.DrainAsync();

        Assert.Equal("d 2", await here.StateAsync(toEhr));
        Assert.Equal("d 2", await here.StateAsync(toRegistry));
        foreach (var address in new[] { here.Ehr.Address, here.Registry.Address })
        {
            var effects = await here.EffectsAsync(address);
            Assert.Equal((1, 1, 2), ((int)effects["changes"]!, (int)effects["deliveries"]!, (int)effects["transactions"]!));
        }
    }

    [Fact]
    public async Task What_the_partner_refuses_is_dead_at_once_and_can_be_replayed()
    {
        await here.OrderFaultAsync(here.Ehr.Address, new { kind = "422", count = 1 });
        var id = await here.QueueAsync("ehr", person, Patient(person));
        await here.DrainAsync();
        Assert.Equal("k 1 delivery.business-rule", await here.StateAsync(id));
        Assert.NotNull(await here.ColumnAsync(id, "payload"));
        Assert.Equal(1L, await here.ScalarAsync("SELECT count(*) FROM exchange.signal WHERE kind = 'delivery-dead'"));
        var letter = Assert.Single(await here.DeadLetters.ListAsync(null, null, 10, CancellationToken.None));
        Assert.Equal((id, "ehr", "delivery.business-rule", 422), (letter.Id, letter.Destination, letter.Rule, letter.Status));

        var dry = await here.DeadLetters.ReplayAsync(null, "ehr", null, dryRun: true, "operator", CancellationToken.None);
        Assert.Equal("k 1 delivery.business-rule", await here.StateAsync(id));
        var wet = await here.DeadLetters.ReplayAsync([id], null, null, dryRun: false, "operator", CancellationToken.None);
        await here.DrainAsync();

        Assert.Equal(dry.Select(one => one.Id), wet.Select(one => one.Id));
        Assert.Equal("d 1", await here.StateAsync(id));
        Assert.Empty(await here.DeadLetters.ListAsync(null, null, 10, CancellationToken.None));
    }

    [Fact]
    public async Task A_replayed_delivery_leaves_alone_what_a_later_one_has_written()
    {
        await here.OrderFaultAsync(here.Ehr.Address, new { kind = "422", count = 1 });
        var dead = await here.QueueAsync("ehr", person, Observation(person, "shared", "old"), Observation(person, "own", "old"));
        await here.QueueAsync("ehr", person, Observation(person, "shared", "new"));
        await here.DrainAsync();

        await here.DeadLetters.ReplayAsync([dead], null, null, dryRun: false, "operator", CancellationToken.None);
        await here.DrainAsync();

        Assert.Equal("d 1", await here.StateAsync(dead));
        Assert.Equal(1, (int)(await here.EffectsAsync(here.Ehr.Address, "?name=Observation/shared"))["versions"]!);
        Assert.Equal(1, (int)(await here.EffectsAsync(here.Ehr.Address, "?name=Observation/own"))["versions"]!);
    }

    [Fact]
    public async Task Application_failures_end_in_the_dead_letters_after_the_most_attempts()
    {
        await here.OrderFaultAsync(here.Ehr.Address, new { kind = "500" });
        var id = await here.QueueAsync("ehr", person, Patient(person));

        await here.DrainAsync(here.Zone(maxAttempts: 3));

        Assert.Equal("k 3 delivery.application", await here.StateAsync(id));
    }

    [Fact]
    public async Task Without_a_consent_that_is_required_nothing_leaves()
    {
        var id = await here.QueueAsync("registry", person, Document("s", 1));

        await here.DrainAsync();

        Assert.Equal("x 0 delivery.consent-denied", await here.StateAsync(id));
        Assert.Null(await here.ColumnAsync(id, "payload"));
        Assert.Equal("d consent.absent us-hipaa@1.0.0", await here.ColumnAsync(id, "effect::text || ' ' || reason || ' ' || policy_version"));
        Assert.Equal(0, (int)(await here.EffectsAsync(here.Registry.Address))["transactions"]!);
        Assert.Equal("delivery.denied", await here.ScalarAsync("SELECT kind[1] FROM ledger.pending"));
    }

    [Fact, HostileRow("G04")]
    public async Task A_consent_revoked_while_a_delivery_waits_stops_it()
    {
        await here.GrantResearchAsync(person);
        await here.OrderFaultAsync(here.Registry.Address, new { kind = "500" });
        var id = await here.QueueAsync("registry", person, Document("s", 1));
        await using var zone = here.Zone(maxAttempts: 1000);

        await RunWhileAsync(zone, async () =>
        {
            await Eventually.Within(TimeSpan.FromSeconds(10), "an attempt failed", async () => (short)(await here.ColumnAsync(id, "attempts"))! > 0);
            await here.GrantResearchAsync(person, ConsentStatus.Inactive);
            await Eventually.Within(TimeSpan.FromSeconds(10), "it is denied", async () => await here.CountAsync("state = 'x'") == 1);
        });

        Assert.Equal("consent.revoked", await here.ColumnAsync(id, "reason"));
        Assert.Equal(0, (int)(await here.EffectsAsync(here.Registry.Address))["transactions"]!);
    }

    [Fact]
    public async Task Labelled_data_needs_a_consent_even_for_treatment()
    {
        var plain = await here.QueueAsync("ehr", person, Observation(person, "o1", "1"));
        var labelled = await here.QueueAsync("ehr", person, Observation(person, "o2", "2", label: "ETH"));

        await here.DrainAsync();

        Assert.Equal("d 1", await here.StateAsync(plain));
        Assert.Equal("x 0 delivery.consent-denied", await here.StateAsync(labelled));
    }

    [Fact, HostileRow("G07")]
    public async Task A_payload_moved_to_another_row_does_not_open()
    {
        var mine = await here.QueueAsync("ehr", person, Patient(person));
        var other = Guid.NewGuid();
        var theirs = await here.QueueAsync("ehr", other, Patient(other));
        await here.Store.ExecuteAsOwnerAsync(
            $"UPDATE exchange.delivery a SET payload = b.payload, seal_nonce = b.seal_nonce FROM exchange.delivery b WHERE a.id = {mine} AND b.id = {theirs}");

        await here.DrainAsync();

        Assert.Equal("k 0 delivery.payload-unreadable", await here.StateAsync(mine));
        Assert.Equal("d 1", await here.StateAsync(theirs));
    }

    [Fact, HostileRow("D21")]
    public async Task While_a_destination_is_down_attempts_are_not_burnt_and_the_other_is_served()
    {
        var down = here.Site.Destinations["ehr"] with { BaseUrl = new Uri("http://127.0.0.1:1/fhir") };
        here.Site = here.Site with { Destinations = new Dictionary<string, Exchange.Contracts.DestinationSettings>(here.Site.Destinations) { ["ehr"] = down } };
        for (var i = 0; i < 200; i++)
        {
            var someone = Guid.NewGuid();
            await here.QueueAsync("ehr", someone, Patient(someone));
        }

        await here.GrantResearchAsync(person);
        await here.QueueAsync("registry", person, Document("s", 1));
        await using var zone = here.Zone();

        await RunWhileAsync(zone, async () =>
        {
            await Eventually.Within(TimeSpan.FromSeconds(10), "the registry is served", async () => await here.CountAsync("state = 'd'") == 1);
            await Eventually.Within(TimeSpan.FromSeconds(10), "the breaker opened", async () =>
                (string?)await here.ScalarAsync("SELECT state FROM outbound.breaker WHERE destination = 'ehr'") is "open" or "half-open");
        });

        Assert.Equal(200, await here.CountAsync("state = 'p' AND destination = 'ehr'"));
        Assert.True(await here.CountAsync("attempts = 0 AND destination = 'ehr'") > 100);
    }

    [Fact]
    public async Task Another_node_takes_over_what_a_vanished_one_held_and_nothing_is_done_twice()
    {
        var persons = Enumerable.Range(0, 40).Select(_ => Guid.NewGuid()).ToArray();
        foreach (var someone in persons)
        {
            await here.QueueAsync("ehr", someone, Patient(someone));
        }

        await using var first = here.Zone("first");
        await using var second = here.Zone("second");
        await RunWhileAsync(first, () => RunWhileAsync(second, () => Eventually.Within(
            TimeSpan.FromSeconds(30), "all is delivered", async () => await here.CountAsync("state = 'd'") == persons.Length)));

        Assert.Equal(persons.Length, (int)(await here.EffectsAsync(here.Ehr.Address))["transactions"]!);
    }

    [Fact]
    public async Task A_delivery_in_flight_in_too_many_crashes_is_given_to_a_person()
    {
        var poison = await here.QueueAsync("ehr", person, Patient(person));
        var other = Guid.NewGuid();
        var innocent = await here.QueueAsync("ehr", other, Patient(other));
        await here.Store.ExecuteAsOwnerAsync($"INSERT INTO outbound.interruption VALUES ({poison}, 7)");
        await here.Store.ExecuteAsOwnerAsync(
            $"INSERT INTO outbound.in_flight VALUES ('ehr', '{Guid.NewGuid()}', ARRAY[{poison}::bigint])");

        await here.DrainAsync();

        Assert.Equal("k 0 delivery.crashed", await here.StateAsync(poison));
        Assert.Equal("d 1", await here.StateAsync(innocent));
        Assert.Equal(0L, await here.ScalarAsync("SELECT count(*) FROM outbound.in_flight"));
    }

    [Fact]
    public async Task Suspects_are_delivered_alone_and_absolved()
    {
        var suspect = await here.QueueAsync("ehr", person, Patient(person));
        await here.OrderFaultAsync(here.Ehr.Address, new { kind = "500", count = 1 });
        await here.Store.ExecuteAsOwnerAsync($"INSERT INTO outbound.interruption VALUES ({suspect}, 2)");
        await here.Store.ExecuteAsOwnerAsync(
            $"INSERT INTO outbound.in_flight VALUES ('ehr', '{Guid.NewGuid()}', ARRAY[{suspect}::bigint])");

        await here.DrainAsync();

        Assert.Equal("d 2", await here.StateAsync(suspect));
        Assert.Equal(0L, await here.ScalarAsync("SELECT count(*) FROM outbound.interruption"));
    }

    [Fact]
    public async Task Throttling_pauses_the_destination_as_long_as_it_asks()
    {
        await here.OrderFaultAsync(here.Ehr.Address, new { kind = "429", count = 1, retryAfterSeconds = 1 });
        var first = await here.QueueAsync("ehr", person, Patient(person));
        var started = TimeProvider.System.GetTimestamp();

        await here.DrainAsync();

        Assert.Equal("d 2", await here.StateAsync(first));
        Assert.True(TimeProvider.System.GetElapsedTime(started) >= TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task The_zones_login_reaches_neither_the_journal_nor_the_records()
    {
        foreach (var table in new[] { "exchange.journal", "exchange.inbox", "exchange.seen" })
        {
            await using var command = here.Store.For(ZoneRole.Outbound).CreateCommand($"SELECT * FROM {table} LIMIT 1");
            var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync());
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }
    }
}
