using System.Net;

namespace Isthmus.Host.Tests.Door;

/// <summary>However often a message is handed in, and wherever, it has one effect and one answer.</summary>
public sealed class HandInRepeatTests(RunningApi api) : IClassFixture<RunningApi>
{
    [Fact]
    public async Task A_repeat_under_the_same_key_gets_the_acknowledgement_of_the_first_byte_for_byte()
    {
        var token = await TokenAsync();
        var id = HandIns.NewId();

        var first = await api.HandInAsync(token, HandIns.Message(id), "k-1");
        var repeat = await api.HandInAsync(token, HandIns.Message(id), "k-1");

        Assert.Equal((HttpStatusCode.OK, ("AA", id), false), (first.Status, first.Acknowledged, first.Replayed));
        Assert.Equal((first.Status, first.Body, first.ContentType, true), (repeat.Status, repeat.Body, repeat.ContentType, repeat.Replayed));
        Assert.Equal(1L, await JournalledAsync(id));
    }

    [Fact]
    public async Task The_same_key_with_another_message_is_unprocessable_and_has_no_effect()
    {
        var token = await TokenAsync();
        await api.HandInAsync(token, HandIns.Message(HandIns.NewId()), "k-2");
        var other = HandIns.NewId();

        var clash = await api.HandInAsync(token, HandIns.Message(other), "k-2");

        Assert.True(clash.Status == HttpStatusCode.UnprocessableEntity && clash.Says("idempotency.key-reused"));
        Assert.Equal(0L, await JournalledAsync(other));
    }

    [Theory]
    [InlineData("20261120080000")]
    [InlineData("20261120081500")]
    public async Task The_same_message_under_a_new_key_or_under_none_is_known_by_sender_control_id_and_content(string time)
    {
        var token = await TokenAsync();
        var id = HandIns.NewId();
        var first = await api.HandInAsync(token, HandIns.Message(id), "k-3-" + id);

        var renewed = await api.HandInAsync(token, HandIns.Message(id, time: time), "k-4-" + id);
        var bare = await api.HandInAsync(token, HandIns.Message(id, time: time));

        Assert.All([renewed, bare], repeat => Assert.Equal((HttpStatusCode.OK, first.Number, ("AA", id)), (repeat.Status, repeat.Number, repeat.Acknowledged)));
        Assert.Equal(1L, await JournalledAsync(id));
        Assert.Equal(1L, await api.ScalarAsync<long>($"SELECT count(*) FROM ledger.pending p WHERE 'message.handed-in' = ANY (p.kind) AND {first.Number} = ANY (p.message)"));
    }

    [Fact]
    public async Task Where_the_contract_demands_a_key_a_request_without_one_is_a_bad_request()
    {
        var token = await TokenAsync("strict-lab");
        var id = HandIns.NewId();

        var missing = await api.HandInAsync(token, HandIns.Message(id));

        Assert.True(missing.Status == HttpStatusCode.BadRequest && missing.Says("idempotency.key-missing"));
        Assert.Equal(0L, await JournalledAsync(id));
        Assert.Equal(HttpStatusCode.OK, (await api.HandInAsync(token, HandIns.Message(id), "k-5")).Status);
    }

    [Fact]
    public async Task A_process_that_died_between_journal_and_answer_leaves_one_effect_and_the_retry_gets_its_acknowledgement()
    {
        var token = await TokenAsync();
        var id = HandIns.NewId();
        var first = await api.HandInAsync(token, HandIns.Message(id), "k-6");

        // What such a process leaves: the message in the journal, and a key under which nobody works any more.
        await api.ExecuteAsync("UPDATE access.idempotency SET status = NULL, answer = NULL, until = clock_timestamp() - interval '1 second' WHERE began = (SELECT max(began) FROM access.idempotency)");
        var retry = await api.HandInAsync(token, HandIns.Message(id), "k-6");
        var repeat = await api.HandInAsync(token, HandIns.Message(id), "k-6");

        Assert.Equal((HttpStatusCode.OK, first.Number, ("AA", id), false), (retry.Status, retry.Number, retry.Acknowledged, retry.Replayed));
        Assert.Equal((retry.Body, true), (repeat.Body, repeat.Replayed));
        Assert.Equal(1L, await JournalledAsync(id));
        Assert.Equal(2, await api.ScalarAsync<int>("SELECT attempt FROM access.idempotency ORDER BY began DESC LIMIT 1"));
    }

    [Fact]
    public async Task Two_nodes_that_get_it_at_the_same_moment_under_one_key_or_several_journal_it_once()
    {
        var token = await TokenAsync();
        var id = HandIns.NewId();
        using var stop = new CancellationTokenSource();
        await using var second = api.SecondNode();
        var running = second.RunAsync(stop.Token);
        int[] ports = [api.Port, second.Endpoints["api"].Port];

        var one = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => api.HandInAsync(token, HandIns.Message(id), "k-7", port: ports[i % 2])));
        var several = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => api.HandInAsync(token, HandIns.Message(id), $"k-8-{i}", port: ports[i % 2])));

        Assert.All([.. one, .. several], answer => Assert.Equal((HttpStatusCode.OK, one[0].Number), (answer.Status, answer.Number)));
        Assert.Single(one.Select(answer => answer.Body).Distinct(StringComparer.Ordinal));
        Assert.Equal(1L, await JournalledAsync(id));
        await stop.CancelAsync();
        await running;
    }

    private async Task<string> TokenAsync(string integration = "outreach-lab") =>
        await api.TokenAsync(await api.ClientAsync(HandIns.Send, integration), HandIns.Send);

    private Task<long> JournalledAsync(string id) => api.ScalarAsync<long>($"SELECT count(*) FROM exchange.journal WHERE control_id = '{id}'");
}
