using Isthmus.Exchange.Contracts;
using Isthmus.Mediation.Order;
using Isthmus.Mediation.Tests.Arranged;
using Isthmus.Store.Connections;
using Microsoft.Extensions.Logging.Abstractions;

namespace Isthmus.Mediation.Tests;

/// <summary>What comes behind a stopped message of the same patient: it passes marked, or waits, for no longer than the contract says.</summary>
public sealed class Passing(SharedMediation shared) : IClassFixture<SharedMediation>
{
    private const string Mark = "order.earlier-message-pending";

    private readonly Arranged.Mediation mediation = shared.Worker;

    [Fact]
    public async Task A_result_that_passes_a_stopped_one_is_marked_in_its_trace_and_in_the_ledger()
    {
        var patient = new Oru().Of("MRN91001");
        var stopped = await mediation.CarryAsync(Prohibited(patient));
        var passing = await mediation.CarryAsync(Again(patient));
        var other = await mediation.CarryAsync(new Oru().Of("MRN91002"));

        Assert.Equal('q', stopped.Outcome);
        Assert.Equal('c', passing.Outcome);
        Assert.Contains(Mark, passing.Rules);
        Assert.NotEmpty(await mediation.DeliveriesAsync(passing.Id));
        var committed = Assert.Single(await mediation.LedgerDetailsAsync(passing.Id, "result.committed"));
        Assert.Equal(stopped.Id, Assert.Single(committed.GetProperty("passed").EnumerateArray()).GetInt64());
        Assert.DoesNotContain(Mark, other.Rules);
    }

    [Fact]
    public async Task It_is_marked_though_both_are_of_one_batch_and_what_came_before_is_not()
    {
        var patient = new Oru().Of("MRN91003");
        var before = await mediation.JournalAsync(Again(patient));
        await mediation.JournalAsync(Prohibited(patient));
        var behind = await mediation.JournalAsync(Again(patient));
        await mediation.WorkAsync();

        Assert.DoesNotContain(Mark, (await mediation.OutcomeAsync(before)).Rules);
        Assert.Contains(Mark, (await mediation.OutcomeAsync(behind)).Rules);
    }

    [Fact]
    public async Task Where_the_contract_holds_results_they_wait_and_go_on_by_themselves_in_their_order()
    {
        await using var holding = await Arranged.Mediation.StartAsync();
        holding.Site.Swap("holding", contract => contract with { Order = contract.Order with { Results = BehindStopped.Hold } });
        var patient = new Oru().Of("MRN91004");
        var known = await holding.CarryAsync(Again(patient));
        var stopped = await holding.CarryAsync(Prohibited(patient));
        var first = await holding.CarryAsync(Again(patient));
        // The same person, though the edge saw another number and so another order key.
        var second = await holding.JournalAsync(Again(patient), orderKey: 5);
        await holding.WorkAsync();

        Assert.Equal('q', stopped.Outcome);
        foreach (var id in (long[])[first.Id, second])
        {
            var held = await holding.OutcomeAsync(id);
            Assert.Equal('w', held.Outcome);
            Assert.Contains("order.held-behind-earlier", held.Rules);
            Assert.Empty(await holding.DeliveriesAsync(id));
        }

        await WatchAsync(holding);
        Assert.Equal(0, await holding.CountAsync("exchange.inbox"));

        await holding.Store.ExecuteAsOwnerAsync($"UPDATE mediation.stopped SET until = now() WHERE message_id = {stopped.Id}");
        for (var pass = 0; pass < 2; pass++)
        {
            await WatchAsync(holding);
            await holding.WorkAsync();
        }

        Assert.Equal(('c', 'c', 'c'), (known.Outcome, (await holding.OutcomeAsync(first.Id)).Outcome, (await holding.OutcomeAsync(second)).Outcome));
        var numbers = (await holding.DeliveriesAsync()).Where(d => d.Destination == "ehr").ToDictionary(d => d.Message, d => d.No);
        Assert.True(numbers[known.Id] < numbers[first.Id] && numbers[first.Id] < numbers[second]);
        Assert.Equal(0, await holding.CountAsync("mediation.stopped"));
    }

    [Fact]
    public async Task A_hold_that_is_over_is_reported_once_and_holds_nobody_any_more()
    {
        var patient = new Oru().Of("MRN91005");
        var stopped = await mediation.CarryAsync(Prohibited(patient));
        await mediation.Store.ExecuteAsOwnerAsync($"UPDATE mediation.stopped SET until = now() WHERE message_id = {stopped.Id}");
        await WatchAsync();
        await WatchAsync();

        var passing = await mediation.CarryAsync(Again(patient));

        Assert.DoesNotContain(Mark, passing.Rules);
        Assert.Equal($"hold/{stopped.Id}", Assert.Single(await mediation.SignalsAsync("order-hold-expired", stopped)).Key);
    }

    [Fact]
    public async Task The_longest_hold_is_the_contracts()
    {
        var stopped = await mediation.CarryAsync(Prohibited(new Oru().Of("MRN91006")));

        Assert.Equal(1, await mediation.CountAsync($"mediation.stopped WHERE message_id = {stopped.Id} AND until = since + interval '4 hours'"));
    }

    private static Oru Again(Oru patient) => patient with { ControlId = $"{Guid.NewGuid():N}", Filler = $"{Guid.NewGuid():N}" };

    /// <summary>PID-19 is prohibited by the contract.</summary>
    private static Oru Prohibited(Oru patient) => Again(patient) with { RestOfPid = "||||||900-12-3456" };

    private Task WatchAsync() => WatchAsync(mediation);

    private static Task WatchAsync(Arranged.Mediation of) =>
        new HoldWatch(of.Store.For(ZoneRole.Mediation), TimeProvider.System, NullLogger.Instance).PassAsync(CancellationToken.None);
}
