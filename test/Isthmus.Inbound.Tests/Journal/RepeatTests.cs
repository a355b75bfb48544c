using System.Globalization;
using Isthmus.Exchange.Contracts;

namespace Isthmus.Inbound.Tests.Journal;

/// <summary>A repeat is: same source, same MSH-10, same content without transport fields, inside the window.</summary>
public sealed class RepeatTests(SharedEdge shared) : IClassFixture<SharedEdge>
{
    private readonly string id = Results.NewId();
    private readonly RunningEdge edge = shared.Edge;

    [Fact]
    public async Task A_repeat_gets_the_first_answer_and_makes_no_second_row()
    {
        await using var sender = await edge.ConnectAsync();

        var first = await sender.AskAsync(Results.Message(id, time: "20261120080000"));
        var again = await sender.AskAsync(Results.Message(id, time: "20261120080507"));

        Assert.Equal(("AA", id, first.OwnId), (again.Code, again.ControlId, again.OwnId));
        Assert.Equal(1, await RowsAsync());
    }

    [Fact]
    public async Task Pipelined_repeats_all_get_the_first_answer()
    {
        await using var sender = await edge.ConnectAsync();
        for (var i = 0; i < 50; i++)
        {
            await sender.SendAsync(Results.Message(id));
        }

        var answers = await ReceiveAsync(sender, 50);

        Assert.Equal(("AA", id), Assert.Single(answers.Select(a => (a.Code, a.ControlId)).Distinct()));
        Assert.Single(answers.Select(a => a.OwnId).Distinct());
        Assert.Equal(1, await RowsAsync());
    }

    [Fact]
    public async Task Repeats_on_many_connections_of_two_nodes_at_once_make_one_row_each()
    {
        await using var other = RunningEdge.Start(edge.Store);
        var messages = Enumerable.Range(0, 40).Select(i => (Id: Results.NewId(), Patient: $"P{i}")).ToArray();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async n =>
        {
            await using var sender = await (n % 2 == 0 ? edge : other).ConnectAsync();
            // Each connection in an order of its own: whoever waits for whom must not go round in a circle.
            var mine = messages.ToArray();
            new Random(n).Shuffle(mine);
            foreach (var (control, patient) in mine)
            {
                await sender.SendAsync(Results.Message(control, patient: patient));
            }

            return await ReceiveAsync(sender, mine.Length);
        }));

        Assert.All(answers.SelectMany(a => a), a => Assert.Equal("AA", a.Code));
        Assert.All(answers.SelectMany(a => a).GroupBy(a => a.ControlId), same => Assert.Single(same.Select(a => a.OwnId).Distinct()));
        var ids = string.Join(',', messages.Select(m => $"'{m.Id}'"));
        Assert.Equal(40, await edge.AskAsync<long>($"SELECT count(*) FROM exchange.journal WHERE control_id IN ({ids})"));
        Assert.Equal(40, await edge.AskAsync<long>($"SELECT count(*) FROM exchange.journal JOIN exchange.inbox USING (id) WHERE control_id IN ({ids})"));
    }

    [Fact]
    public async Task A_reused_control_id_is_a_new_message_and_marked()
    {
        await using var sender = await edge.ConnectAsync();

        var first = await sender.AskAsync(Results.Message(id, value: "4.1"));
        var other = await sender.AskAsync(Results.Message(id, value: "5.9"));
        var firstAgain = await sender.AskAsync(Results.Message(id, value: "4.1"));

        Assert.Equal(["AA", "AA", "AA"], [first.Code, other.Code, firstAgain.Code]);
        Assert.NotEqual(first.OwnId, other.OwnId);
        Assert.Equal(first.OwnId, firstAgain.OwnId);
        Assert.Equal("false,true", await MarksAsync());
    }

    [Fact]
    public async Task A_control_id_reused_within_one_group_is_marked_too_and_order_is_kept()
    {
        await using var sender = await edge.ConnectAsync();
        using var burst = new MemoryStream();
        foreach (var value in (string[])["4.1", "4.2", "4.3", "4.4", "4.5"])
        {
            burst.Write(Sender.Frame(Results.Message(id, value: value)));
        }

        await sender.SendRawAsync(burst.ToArray());
        var answers = await ReceiveAsync(sender, 5);

        var ids = answers.Select(a => long.Parse(a.OwnId, CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(ids.Order(), ids);
        Assert.Equal("false,true,true,true,true", await MarksAsync());
    }

    [Fact]
    public async Task A_contract_may_refuse_reused_control_ids()
    {
        await using var strict = RunningEdge.Start(
            edge.Store, site => site.WithRepeats(r => r with { ReusedControlId = ReusedControlId.Refuse }));
        await using var sender = await strict.ConnectAsync();

        var first = await sender.AskAsync(Results.Message(id, value: "4.1"));
        var other = await sender.AskAsync(Results.Message(id, value: "5.9"));
        var firstAgain = await sender.AskAsync(Results.Message(id, value: "4.1"));

        Assert.Equal(("AR", "contract.control-id-reused"), (other.Code, other.Rule));
        Assert.Equal(("AA", first.OwnId), (firstAgain.Code, firstAgain.OwnId));
        Assert.Equal(1, await RowsAsync());
    }

    [Fact]
    public async Task Past_the_window_the_same_message_is_a_new_one()
    {
        await using var sender = await edge.ConnectAsync();
        var first = await sender.AskAsync(Results.Message(id));
        await edge.Store.ExecuteAsOwnerAsync($"UPDATE exchange.seen SET received = received - interval '8 days' WHERE message_id = {first.OwnId}");

        var later = await sender.AskAsync(Results.Message(id));
        var again = await sender.AskAsync(Results.Message(id));

        Assert.NotEqual(first.OwnId, later.OwnId);
        Assert.Equal(later.OwnId, again.OwnId);
        Assert.Equal("false,false", await MarksAsync());
    }

    private static async Task<Answer[]> ReceiveAsync(Sender sender, int count)
    {
        var answers = new Answer[count];
        for (var i = 0; i < count; i++)
        {
            answers[i] = await sender.ReceiveAsync();
        }

        return answers;
    }

    private Task<long> RowsAsync() =>
        edge.AskAsync<long>($"SELECT count(*) FROM exchange.journal JOIN exchange.inbox USING (id) WHERE control_id = '{id}'");

    private Task<string> MarksAsync() =>
        edge.AskAsync<string>($"SELECT string_agg(reused::text, ',' ORDER BY id) FROM exchange.journal WHERE control_id = '{id}'");
}
