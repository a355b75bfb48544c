using Isthmus.Mediation.Tests.Arranged;
using Isthmus.Store.Leases;
using Isthmus.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Isthmus.Mediation.Tests;

/// <summary>Every message has one effect, whoever works it, however often it is begun, and whatever its neighbours do.</summary>
public sealed class Effects : IAsyncLifetime
{
    private Arranged.Mediation mediation = null!;

    public async Task InitializeAsync() => mediation = await Arranged.Mediation.StartAsync();

    public async Task DisposeAsync() => await mediation.DisposeAsync();

    [Fact]
    public async Task A_poison_message_is_quarantined_after_three_attempts_alone_and_stops_no_neighbour()
    {
        long[] sound = [await mediation.JournalAsync(new Oru(), 1), await mediation.JournalAsync(new Oru(), 2)];
        var poison = await mediation.JournalAsync(new Oru { Results = [Oru.Result(1, "K^Potassium^L", "9.9", "mmol/L")] }, 1);
        var behind = await mediation.JournalAsync(new Oru(), 1);
        await FailWhenCommittedAsync(poison);

        await mediation.WorkStubbornlyAsync(mostFailures: 4);

        foreach (var id in sound.Append(behind))
        {
            Assert.Equal('c', (await mediation.OutcomeAsync(id)).Outcome);
        }

        var worked = await mediation.OutcomeAsync(poison);
        Assert.Equal('q', worked.Outcome);
        Assert.Contains("mediation.attempts-exhausted", worked.Rules);
        Assert.Single(await mediation.SignalsAsync("critical-result", worked));
        Assert.Single(await mediation.SignalsAsync("message-quarantined", worked));
    }

    [Fact]
    public async Task An_attempt_is_counted_before_the_work_begins()
    {
        var id = await mediation.JournalAsync(new Oru());

        await mediation.TakeAsync();
        await mediation.TakeAsync();

        Assert.Equal(1, await mediation.CountAsync($"exchange.inbox WHERE id = {id} AND attempts = 2"));
    }

    [Fact]
    public async Task What_was_begun_before_comes_alone()
    {
        var begun = await mediation.JournalAsync(new Oru());
        await mediation.TakeAsync();
        await mediation.JournalAsync(new Oru());

        var (batch, _) = await mediation.TakeAsync();

        Assert.Equal(begun, Assert.Single(batch).Id);
    }

    [Fact]
    public async Task Whoever_lost_the_lease_commits_nothing()
    {
        var id = await mediation.JournalAsync(new Oru());
        var (batch, under) = await mediation.TakeAsync();
        await mediation.Store.ExecuteAsOwnerAsync("UPDATE store.lease SET token = token + 1, holder = 'another'");

        var lost = await Assert.ThrowsAsync<PostgresException>(() => mediation.Path.CarryAsync(batch, under, CancellationToken.None));

        Assert.Equal(PartitionLeases.LostSqlState, lost.SqlState);
        Assert.Equal(1, await mediation.CountAsync("exchange.inbox"));
        foreach (var table in new[] { "mediation.message", "exchange.delivery", "exchange.signal", $"phi.pack WHERE message_id = {id}", "identity.person WHERE state = 'p'" })
        {
            Assert.Equal(0, await mediation.CountAsync(table));
        }
    }

    [Fact]
    public async Task Two_nodes_do_every_message_once()
    {
        var second = mediation.Beside();
        for (var i = 0; i < 60; i++)
        {
            await mediation.JournalAsync(new Oru().Of($"MRN8{i % 7}", "Neu^Anna", "19700101", "F"), orderKey: i % 7);
        }

        while (await mediation.CountAsync("exchange.inbox") > 0)
        {
            await Task.WhenAll(mediation.WorkStubbornlyAsync(5), second.WorkStubbornlyAsync(5));
        }

        Assert.Equal(60, await mediation.CountAsync("mediation.message WHERE outcome = 'c'"));
        Assert.Equal(60, await mediation.CountAsync("phi.pack WHERE message_id > 0"));
        Assert.Equal(60, await mediation.CountAsync("exchange.delivery WHERE destination = 'ehr'"));
        Assert.Equal(7, await mediation.CountAsync("identity.person WHERE state = 'p'"));
    }

    [Fact]
    public async Task Nodes_that_meet_a_new_person_at_the_same_moment_agree_on_one()
    {
        var second = mediation.Beside();
        for (var i = 0; i < 64; i++)
        {
            await mediation.JournalAsync(new Oru().Of($"MRN9{i / 16}", "Neu^Anna", "19700101", "F"), orderKey: i);
        }

        while (await mediation.CountAsync("exchange.inbox") > 0)
        {
            await Task.WhenAll(mediation.WorkStubbornlyAsync(20), second.WorkStubbornlyAsync(20));
        }

        Assert.Equal(64, await mediation.CountAsync("mediation.message WHERE outcome = 'c'"));
        Assert.Equal(4, await mediation.CountAsync("identity.person WHERE state = 'p'"));
    }

    [Fact]
    public async Task Two_running_zones_work_everything_off_and_drain()
    {
        using var draining = new CancellationTokenSource();
        var zones = new[] { "one", "two" }.Select(node => new MediationZone(
            mediation.Store.Access, mediation.Keys, mediation.Site, node, TimeProvider.System, NullLoggerFactory.Instance).RunAsync(draining.Token)).ToArray();
        for (var i = 0; i < 40; i++)
        {
            await mediation.JournalAsync(new Oru(), orderKey: i);
        }

        await Eventually.Within(TimeSpan.FromSeconds(30), "an empty queue", async () => await mediation.CountAsync("exchange.inbox") == 0);
        await draining.CancelAsync();
        await Task.WhenAll(zones);

        Assert.Equal(40, await mediation.CountAsync("mediation.message WHERE outcome = 'c'"));
        Assert.Equal(80, await mediation.CountAsync("exchange.delivery"));
        Assert.Equal(0, await mediation.CountAsync("store.lease WHERE zone = 'mediation' AND holder IS NOT NULL"));
    }

    [Fact]
    public async Task Deliveries_of_a_person_are_numbered_in_the_order_of_commit()
    {
        for (var i = 0; i < 64; i++)
        {
            await mediation.JournalAsync(new Oru());
        }

        await mediation.WorkAsync();

        Assert.Equal(64, await mediation.CountAsync("mediation.message WHERE outcome = 'c'"));
        foreach (var ofDestination in (await mediation.DeliveriesAsync()).GroupBy(d => (d.Person, d.Destination)))
        {
            var numbers = ofDestination.OrderBy(d => d.Message).Select(d => d.No).ToArray();
            Assert.Equal(64, numbers.Length);
            Assert.Equal(numbers.Distinct().Order(), numbers);
        }
    }

    [Fact]
    public async Task A_message_keeps_the_site_it_was_first_leased_under()
    {
        var before = mediation.Site.Current.Version;
        var pinned = await mediation.JournalAsync(new Oru());
        await mediation.TakeAsync();
        mediation.Site.SwapWithoutContracts("after");
        var fresh = await mediation.JournalAsync(new Oru());

        await mediation.WorkAsync();

        var kept = await mediation.OutcomeAsync(pinned);
        Assert.Equal(('c', before), (kept.Outcome, kept.SiteVersion));
        var gone = await mediation.OutcomeAsync(fresh);
        Assert.Equal(('q', "after"), (gone.Outcome, gone.SiteVersion));
        Assert.Contains("contract.gone", gone.Rules);
    }

    [Fact]
    public async Task A_pinned_site_that_is_gone_quarantines_its_messages_and_no_others()
    {
        mediation.Site.Swap("short-lived", c => c);
        var pinned = await mediation.JournalAsync(new Oru());
        await mediation.TakeAsync();
        mediation.Site.Swap("next", c => c);
        mediation.Site.Forget("short-lived");
        var fresh = await mediation.JournalAsync(new Oru());
        await using var restarted = mediation.Beside();
        await mediation.Leases.ReturnAsync(CancellationToken.None);

        await restarted.WorkAsync();

        Assert.Contains("site.gone", (await mediation.OutcomeAsync(pinned)).Rules);
        Assert.Equal('c', (await mediation.OutcomeAsync(fresh)).Outcome);
    }

    private Task FailWhenCommittedAsync(long message) => mediation.Store.ExecuteAsOwnerAsync(
        $"""
        CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'poison'; END $$;
        CREATE TRIGGER poison BEFORE INSERT ON phi.pack FOR EACH ROW WHEN (NEW.message_id = {message}) EXECUTE FUNCTION poison();
        GRANT EXECUTE ON FUNCTION poison() TO PUBLIC
        """);
}
