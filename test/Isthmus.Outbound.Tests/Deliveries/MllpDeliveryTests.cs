using Isthmus.Exchange.Contracts;
using Isthmus.Exchange.Packs;
using Isthmus.Testing;
using static Isthmus.Outbound.Tests.Deliveries.Arrangement;

namespace Isthmus.Outbound.Tests.Deliveries;

/// <summary>Messages through the deliveries to a receiver that may, or may not, know a repeat.</summary>
public sealed class MllpDeliveryTests : IAsyncLifetime
{
    private readonly Guid person = Guid.NewGuid();
    private Arrangement here = null!;

    public async Task InitializeAsync() => here = await CreateAsync();

    public async Task DisposeAsync() => await here.DisposeAsync();

    [Fact]
    public async Task Messages_of_one_person_arrive_in_order_and_each_once()
    {
        await using var ward = await WardAsync(recognisesRepeats: false);
        var ids = new List<long>();
        for (var i = 0; i < 10; i++)
        {
            ids.Add(await QueueAsync($"F{i}"));
        }

        await ward.OrderFaultAsync(new { kind = "AR", count = 2 });
        await here.DrainAsync();

        var received = await ward.ReceivedAsync();
        Assert.Equal(ids.Select(id => $"{id}"), received.Select(message => message.Split('|')[9].Split('-')[0]));
        Assert.Equal((10, 0), await ward.CountsAsync());
        Assert.Equal(0L, await here.ScalarAsync("SELECT count(*) FROM outbound.begun"));
    }

    [Theory]
    [InlineData("timeout-after-effect")]
    [InlineData("other-control-id")]
    [InlineData("cut-answer")]
    [InlineData("late-answer")]
    public async Task What_may_have_arrived_is_sent_again_to_a_receiver_that_knows_a_repeat(string kind)
    {
        await using var ward = await WardAsync(recognisesRepeats: true);
        await ward.OrderFaultAsync(new { kind, count = 1, milliseconds = 2200 });
        var id = await QueueAsync("F1");

        await here.DrainAsync();

        Assert.Equal("d 2", await here.StateAsync(id));
        Assert.Equal((1, 0), await ward.CountsAsync());
    }

    [Theory]
    [InlineData("timeout-after-effect")]
    [InlineData("other-control-id")]
    [InlineData("no-control-id")]
    [InlineData("cut-answer")]
    [InlineData("late-answer")]
    [InlineData("drop")]
    public async Task What_may_have_arrived_at_another_is_a_persons_to_decide(string kind)
    {
        await using var ward = await WardAsync(recognisesRepeats: false);
        await ward.OrderFaultAsync(new { kind, count = 1, milliseconds = 2200 });
        var doubtful = await QueueAsync("F1");
        var next = await QueueAsync("F2");

        await here.DrainAsync();

        Assert.Equal("k 1 delivery.ambiguous", await here.StateAsync(doubtful));
        Assert.Equal("d 1", await here.StateAsync(next));
        Assert.Equal(0, (await ward.CountsAsync()).Repeated);
        Assert.Equal(1L, await here.ScalarAsync($"SELECT count(*) FROM exchange.signal WHERE key = 'delivery/{doubtful}'"));

        // Decided: it goes again, under the same control id.
        await here.DeadLetters.ReplayAsync([doubtful], null, null, dryRun: false, "test", CancellationToken.None);
        await here.DrainAsync();
        Assert.Equal("d 1", await here.StateAsync(doubtful));
    }

    [Fact]
    public async Task An_attempt_that_a_crash_cut_off_is_not_repeated_blindly()
    {
        await using var ward = await WardAsync(recognisesRepeats: false);
        var cut = await QueueAsync("F1");
        await here.Store.ExecuteAsOwnerAsync($"INSERT INTO outbound.begun (delivery_id) VALUES ({cut})");

        await here.DrainAsync();

        Assert.Equal("k 0 delivery.ambiguous", await here.StateAsync(cut));
        Assert.Equal((0, 0), await ward.CountsAsync());
        Assert.Equal(0L, await here.ScalarAsync("SELECT count(*) FROM outbound.begun"));
    }

    [Fact]
    public async Task A_node_that_dies_with_a_message_on_its_way_leaves_it_to_a_person()
    {
        await using var ward = await WardAsync(recognisesRepeats: false, timeoutMs: 60_000);
        await ward.OrderFaultAsync(new { kind = "timeout-after-effect", count = 1 });
        var cut = await QueueAsync("F1");

        // Abandoned while the answer is awaited: the lease goes back, the attempt stays begun.
        await using (var first = here.Zone("first"))
        {
            await RunWhileAsync(first, () => Eventually.Within(
                TimeSpan.FromSeconds(20), "it has arrived", async () => (await ward.CountsAsync()).Transactions == 1));
        }

        Assert.Equal("p 0", await here.StateAsync(cut));
        await here.DrainAsync(here.Zone("second"));

        Assert.Equal("k 0 delivery.ambiguous", await here.StateAsync(cut));
        Assert.Equal((1, 0), await ward.CountsAsync());
    }

    [Fact]
    public async Task A_message_that_is_refused_for_what_it_holds_is_dead_at_once()
    {
        await using var ward = await WardAsync(recognisesRepeats: false);
        await ward.OrderFaultAsync(new { kind = "AE", count = 1, error = 102 });
        var id = await QueueAsync("F1");

        await here.DrainAsync();

        Assert.Equal("k 1 delivery.business-rule", await here.StateAsync(id));
        Assert.Equal((short)102, await here.ScalarAsync($"SELECT status FROM outbound.dead_letter WHERE delivery_id = {id}"));
    }

    [Fact]
    public async Task A_receiver_that_is_down_is_waited_for()
    {
        var ward = await WardAsync(recognisesRepeats: false);
        await ward.DisposeAsync();
        var id = await QueueAsync("F1");
        await using var zone = here.Zone(maxAttempts: 1);

        await RunWhileAsync(zone, () => Eventually.Within(
            TimeSpan.FromSeconds(10), "it was tried", async () => await here.ScalarAsync($"SELECT attempts > 1 FROM exchange.delivery WHERE id = {id}") is true));

        Assert.StartsWith("p ", await here.StateAsync(id), StringComparison.Ordinal);
        Assert.Equal("delivery.transport", await here.ColumnAsync(id, "rule"));
    }

    [Fact]
    public async Task A_replayed_message_of_which_a_later_one_has_sent_a_part_is_not_sent()
    {
        await using var ward = await WardAsync(recognisesRepeats: true);
        await ward.OrderFaultAsync(new { kind = "AE", count = 1 });
        var old = await here.QueueAsync("ward", person, Receiving.Message("F1"), Observation(person, "a", "1"), Observation(person, "b", "1"));
        await here.QueueAsync("ward", person, Receiving.Message("F2"), Observation(person, "a", "2"));
        await here.DrainAsync();

        await here.DeadLetters.ReplayAsync([old], null, null, dryRun: false, "test", CancellationToken.None);
        await here.DrainAsync();

        Assert.Equal("k 0 delivery.overtaken-in-part", await here.StateAsync(old));
        Assert.Equal((1, 0), await ward.CountsAsync());
    }

    private Task<long> QueueAsync(string order) => here.QueueAsync("ward", person, Receiving.Message(order), Observation(person, order, "1"));

    private async Task<Receiving> WardAsync(bool recognisesRepeats, int timeoutMs = 1500)
    {
        var ward = await Receiving.StartAsync(recognisesRepeats);
        var contract = here.Site.Contracts[0];
        here.Site = here.Site with
        {
            Destinations = new Dictionary<string, DestinationSettings>
            {
                ["ward"] = ward.Settings(recognisesRepeats: recognisesRepeats, timeoutMs: timeoutMs),
            },
            Contracts = [contract with { Destinations = [contract.Destination("ehr")! with { Name = "ward" }] }],
        };
        return ward;
    }
}
