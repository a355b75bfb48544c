using Isthmus.Exchange.Contracts;
using Isthmus.Outbound.Answers;
using Isthmus.Outbound.Tests.Deliveries;
using Isthmus.Store.Connections;
using Isthmus.Testing;
using Isthmus.Trust.Access.Switches;
using static Isthmus.Outbound.Tests.Deliveries.Arrangement;

namespace Isthmus.Outbound.Tests.Answers;

/// <summary>Application acknowledgements on their way back to senders in enhanced mode.</summary>
public sealed class ApplicationAnswerTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private readonly Guid person = Guid.NewGuid();
    private Arrangement here = null!;
    private Receiving sender = null!;

    public async Task InitializeAsync()
    {
        here = await CreateAsync();
        sender = await Receiving.StartAsync();
        Point(sender, timeoutMs: 10_000);
    }

    public async Task DisposeAsync()
    {
        await sender.DisposeAsync();
        await here.DisposeAsync();
    }

    [Fact]
    public async Task A_message_whose_deliveries_have_ended_is_answered_AA_under_its_own_control_id()
    {
        await here.OweAnswerAsync(4711, "C1");

        await ToldAsync(4711, "d");

        var text = Assert.Single(await sender.ReceivedAsync());
        var lines = text.Split('\r', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("MSH|^~\\&|ISTHMUS|HERE|LAB|THERE|", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("||ACK^R01^ACK|A4711|P|2.5.1|||AL|NE", lines[0], StringComparison.Ordinal);
        Assert.Equal(["MSA|AA|C1"], lines[1..]);
        Assert.Null(await here.ScalarAsync("SELECT header FROM exchange.application_answer"));
    }

    [Theory]
    [InlineData("e", "AE")]
    [InlineData("r", "AR")]
    public async Task A_failure_is_told_with_its_rule_and_place(string code, string answer)
    {
        await here.OweAnswerAsync(1, "C1", code: code, rule: "hl7.field.date-invalid", location: "OBX[3]-14.1", sentence: "The date cannot be read.");

        await ToldAsync(1, "d");

        var lines = Assert.Single(await sender.ReceivedAsync()).Split('\r', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([$"MSA|{answer}|C1", "ERR||OBX^3^14^1^1|207^^HL70357|E|hl7.field.date-invalid|||The date cannot be read."], lines[1..]);
    }

    [Theory]
    [InlineData("a", null, "d")]
    [InlineData("s", null, "d")]
    [InlineData("e", null, "n")]
    [InlineData("a", "e", "d")]
    [InlineData("e", "e", "d")]
    [InlineData("s", "r", "n")]
    public async Task Only_the_outcomes_that_MSH_16_asks_for_are_told(string wanted, string? code, string state)
    {
        await here.OweAnswerAsync(1, "C1", wanted, code, rule: "some.rule", location: "MSH", sentence: "A sentence.");

        await ToldAsync(1, state);

        Assert.Equal(state == "d" ? 1 : 0, (await sender.ReceivedAsync()).Length);
    }

    [Fact]
    public async Task While_a_delivery_is_under_way_or_dead_nothing_is_told()
    {
        var pending = await here.QueueAsync("elsewhere", person, Patient(person));
        await here.OweAnswerAsync(await MessageOfAsync(pending), "C1");
        await here.OweAnswerAsync(1, "C2");

        await using var zone = here.Zone();
        await RunWhileAsync(zone, async () =>
        {
            await StateIsAsync(1, "d");
            Assert.Equal("p", await StateAsync(await MessageOfAsync(pending)));

            await here.Store.ExecuteAsOwnerAsync($"UPDATE exchange.delivery SET state = 'd' WHERE id = {pending}; UPDATE exchange.application_answer SET next_attempt = '-infinity'");
            await StateIsAsync(await MessageOfAsync(pending), "d");
        });

        Assert.Equal((2, 0), await sender.CountsAsync());
    }

    [Theory]
    [InlineData(SwitchKind.Destination, "back")]
    [InlineData(SwitchKind.Integration, "lab-results")]
    public async Task While_its_way_back_is_switched_off_nothing_is_told_and_afterwards_once(SwitchKind kind, string target)
    {
        here.Site = here.Site with
        {
            Contracts = [.. here.Site.Contracts.Select(c => c with { Source = c.Source with { ApplicationAcknowledgement = "back" } })],
            Destinations = new Dictionary<string, DestinationSettings>(here.Site.Destinations) { ["other"] = sender.Settings() with { Name = "other" } },
        };
        var switches = new SwitchStore(here.Store.For(ZoneRole.Operator));
        await switches.OffAsync(1, kind, target, "nora", "It tells the wrong system", CancellationToken.None);
        await here.OweAnswerAsync(1, "C1");
        await using var zone = here.Zone();

        await RunWhileAsync(zone, async () =>
        {
            // What is not switched off shows that the lane has looked.
            await here.OweAnswerAsync(2, "C2", wanted: "e", destination: "other");
            await StateIsAsync(2, "n");
            Assert.Equal("p", await StateAsync(1));
            Assert.Empty(await sender.ReceivedAsync());

            await switches.OnAsync(1, kind, target, "nora", "Put right", CancellationToken.None);
            await StateIsAsync(1, "d");
        });

        Assert.Single(await sender.ReceivedAsync());
    }

    [Theory]
    [InlineData("timeout-after-effect")]
    [InlineData("other-control-id")]
    [InlineData("late-answer")]
    [InlineData("cut-answer")]
    [InlineData("drop")]
    [InlineData("CR")]
    public async Task It_is_told_again_under_the_same_control_id_until_the_sender_acknowledges_it(string kind)
    {
        Point(sender, timeoutMs: 1500);
        await sender.OrderFaultAsync(new { kind, count = 1, milliseconds = 2200 });
        await here.OweAnswerAsync(1, "C1");

        await ToldAsync(1, "d");

        Assert.Equal((1, 0), await sender.CountsAsync());
        Assert.Equal((short)2, await here.ScalarAsync("SELECT attempts FROM exchange.application_answer"));
    }

    [Fact]
    public async Task One_that_the_sender_refuses_is_given_up_and_a_person_is_told()
    {
        await sender.OrderFaultAsync(new { kind = "CE", count = 1 });
        await here.OweAnswerAsync(1, "C1");

        await ToldAsync(1, "k");

        Assert.Contains(AnswerLane.Refused, (string)(await here.ScalarAsync("SELECT detail FROM exchange.signal WHERE key = 'application-answer/1'"))!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_whose_header_does_not_open_is_given_up()
    {
        await here.OweAnswerAsync(1, "C1");
        await here.Store.ExecuteAsOwnerAsync("UPDATE exchange.application_answer SET header = '\\x00'");

        await ToldAsync(1, "k");

        Assert.Equal((0, 0), await sender.CountsAsync());
    }

    [Fact]
    public async Task What_was_told_stands_whatever_a_replay_makes_of_the_message()
    {
        await here.OweAnswerAsync(1, "C1", code: "e", rule: "some.rule", location: "MSH", sentence: "A sentence.");
        await ToldAsync(1, "d");

        await here.OweAnswerAsync(1, "C1");
        await using var zone = here.Zone();
        await RunWhileAsync(zone, async () =>
        {
            await here.OweAnswerAsync(2, "C2");
            await StateIsAsync(2, "d");
        });

        Assert.Equal(["AE", "AA"], (await sender.ReceivedAsync()).Select(text => text.Split("MSA|")[1][..2]));
    }

    [Fact]
    public async Task A_sender_that_is_away_is_told_once_it_is_back()
    {
        await sender.DisposeAsync();
        await here.OweAnswerAsync(1, "C1");
        await using var zone = here.Zone();

        await RunWhileAsync(zone, async () =>
        {
            await Eventually.Within(Soon, "it was tried", async () => (short)(await here.ScalarAsync("SELECT attempts FROM exchange.application_answer"))! > 0);
            sender = await Receiving.StartAsync();
            Point(sender, timeoutMs: 10_000);
            await here.Store.ExecuteAsOwnerAsync("UPDATE exchange.application_answer SET next_attempt = '-infinity'");
            await StateIsAsync(1, "d");
        });
    }

    [Theory]
    [InlineData("OBX[3]-14", "OBX[3]-14")]
    [InlineData("PID-3.1", "PID-3.1")]
    [InlineData("MSH", "MSH")]
    [InlineData("message", "message")]
    [InlineData("Patient.birthDate", "message")]
    public void A_place_that_names_a_segment_is_told_as_one(string location, string place) =>
        Assert.Equal(place, AnswerMessage.Place(location).ToString());

    private void Point(Receiving at, int timeoutMs) => here.Site = here.Site with
    {
        Destinations = new Dictionary<string, DestinationSettings> { ["back"] = at.Settings(timeoutMs: timeoutMs) with { Name = "back" } },
    };

    private async Task ToldAsync(long message, string state)
    {
        await using var zone = here.Zone();
        await RunWhileAsync(zone, () => StateIsAsync(message, state));
    }

    private Task StateIsAsync(long message, string state) =>
        Eventually.Within(Soon, $"the answer is {state}", async () => await StateAsync(message) == state);

    private async Task<string> StateAsync(long message) =>
        (string)(await here.ScalarAsync($"SELECT state::text FROM exchange.application_answer WHERE message_id = {message}"))!;

    private async Task<long> MessageOfAsync(long delivery) => (long)(await here.ColumnAsync(delivery, "message_id"))!;
}
