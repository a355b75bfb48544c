using Isthmus.Exchange.Contracts;

namespace Isthmus.Inbound.Tests.Compliance;

/// <summary>The sequence number protocol (HL7 v2.5.1 §2.10.1), over every listener.</summary>
public abstract class SequenceCompliance
{
    private readonly string id = Results.NewId();

    private protected abstract RunningEdge Start(Func<SiteModel, SiteModel> change);

    private protected abstract Task<string> SendAsync(RunningEdge edge, string message);

    [Fact]
    public async Task A_link_that_has_accepted_nothing_expects_any_number_and_from_then_on_the_next()
    {
        await using var edge = Start();
        await ResynchroniseAsync(edge);

        Assert.Equal(("AA", "-1"), await NumberAsync(edge, "0", Started));
        Assert.Equal(("AA", "7"), await NumberAsync(edge, "7"));
        Assert.Equal(("AA", "8"), await NumberAsync(edge, "8"));
        Assert.Equal(("AA", "9"), await NumberAsync(edge, "0", Started));
        Assert.Equal(("AA", "9"), await NumberAsync(edge, "9"));
    }

    [Fact]
    public async Task A_gap_is_answered_AR_with_the_number_that_is_due_and_nothing_is_kept()
    {
        await using var edge = Start();
        await ResynchroniseAsync(edge);
        await NumberAsync(edge, "1");

        var answer = Answer.Of(await SendAsync(edge, Numbered(id, "3")));

        Assert.Equal(("AR", "sequence.gap", "2"), (answer.Code, answer.Rule, answer.Expected));
        Assert.Contains("ERR||MSH^1^13^1|", answer.Text, StringComparison.Ordinal);
        Assert.Equal(0L, await RowsAsync(edge));
        Assert.Equal(("AA", "2"), await NumberAsync(edge, "2"));
        Assert.Equal("AA", Answer.Of(await SendAsync(edge, Numbered(id, "3"))).Code);
    }

    [Fact]
    public async Task A_repeat_gets_the_first_answer_and_the_number_that_is_due()
    {
        await using var edge = Start();
        await ResynchroniseAsync(edge);
        await NumberAsync(edge, "1");
        var first = Answer.Of(await SendAsync(edge, Numbered(id, "2")));

        var again = Answer.Of(await SendAsync(edge, Numbered(id, "2")));

        Assert.Equal(("AA", first.OwnId, "3"), (again.Code, again.OwnId, again.Expected));
        Assert.Equal(1L, await RowsAsync(edge));
        Assert.Equal(("AA", "3"), await NumberAsync(edge, "3"));
    }

    [Fact]
    public async Task A_repeat_under_the_number_that_is_due_takes_its_place()
    {
        await using var edge = Start();
        await ResynchroniseAsync(edge);
        await SendAsync(edge, Numbered(id, "1"));

        Assert.Equal("2", Answer.Of(await SendAsync(edge, Numbered(id, "2"))).Expected);

        Assert.Equal(1L, await RowsAsync(edge));
        Assert.Equal(("AA", "3"), await NumberAsync(edge, "3"));
    }

    [Fact]
    public async Task A_number_that_was_used_for_another_message_is_answered_AR()
    {
        await using var edge = Start();
        await ResynchroniseAsync(edge);
        await NumberAsync(edge, "1");
        await NumberAsync(edge, "2");

        var answer = Answer.Of(await SendAsync(edge, Numbered(id, "2")));

        Assert.Equal(("AR", "sequence.behind", "3"), (answer.Code, answer.Rule, answer.Expected));
        Assert.Equal(0L, await RowsAsync(edge));
    }

    [Fact]
    public async Task Minus_one_resynchronises_the_link()
    {
        await using var edge = Start();
        await ResynchroniseAsync(edge);
        await NumberAsync(edge, "100");

        Assert.Equal(("AA", "-1"), await NumberAsync(edge, "-1", Started));

        Assert.Equal(("AA", "5"), await NumberAsync(edge, "5"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("one")]
    [InlineData("-2")]
    [InlineData("1.5")]
    [InlineData("9999999999999999999999")]
    public async Task What_is_no_number_is_answered_AE(string number)
    {
        await using var edge = Start();

        var answer = Answer.Of(await SendAsync(edge, Numbered(id, number)));

        Assert.Equal(("AE", "sequence.number-unusable"), (answer.Code, answer.Rule));
        Assert.Equal(0L, await RowsAsync(edge));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    public async Task What_starts_a_link_and_holds_content_is_not_acknowledged_as_if_it_were_kept(string number)
    {
        await using var edge = Start();
        await ResynchroniseAsync(edge);
        await NumberAsync(edge, "1");

        var answer = Answer.Of(await SendAsync(edge, Numbered(id, number)));

        Assert.Equal(("AE", "sequence.start-with-content"), (answer.Code, answer.Rule));
        Assert.Equal(("AA", "2"), await NumberAsync(edge, "2"));
    }

    [Fact]
    public async Task A_message_that_is_refused_for_another_reason_uses_no_number()
    {
        await using var edge = Start();
        await ResynchroniseAsync(edge);
        await NumberAsync(edge, "1");

        Assert.Equal("AR", Answer.Of(await SendAsync(edge, Results.Message(id, version: "9.9", sequence: "2"))).Code);

        Assert.Equal(("AA", "2"), await NumberAsync(edge, "2"));
    }

    [Fact]
    public async Task The_numbers_outlive_the_node_and_are_the_same_on_every_node()
    {
        await using (var first = Start())
        {
            await ResynchroniseAsync(first);
            await NumberAsync(first, "1");
        }

        await using var one = Start();
        await using var other = Start();
        for (var number = 2; number < 8; number++)
        {
            Assert.Equal(("AA", $"{number}"), await NumberAsync(number % 2 == 0 ? one : other, $"{number}"));
        }
    }

    [Fact]
    public async Task Two_messages_under_one_number_at_once_on_two_nodes_are_never_both_accepted()
    {
        await using var one = Start();
        await using var other = Start();
        await ResynchroniseAsync(one);
        await NumberAsync(one, "1");
        for (var number = 2; number < 10; number++)
        {
            var answers = await Task.WhenAll(NumberAsync(one, $"{number}"), NumberAsync(other, $"{number}"));
            Assert.Single(answers, answer => answer.Code == "AA");
        }
    }

    [Fact]
    public async Task Without_the_contract_asking_for_it_MSH_13_means_nothing()
    {
        await using var edge = Start(site => site);
        foreach (var number in (string[])["9", "3", "x", "0"])
        {
            var answer = Answer.Of(await SendAsync(edge, Numbered(Results.NewId(), number)));
            Assert.Equal(("AA", ""), (answer.Code, answer.Expected));
        }
    }

    private protected RunningEdge Start() => Start(site => site.WithSource(source => source with { Sequence = SequenceNumbers.Required }));

    private protected static string Numbered(string controlId, string number) => Results.Message(controlId, sequence: number);

    private protected async Task ResynchroniseAsync(RunningEdge edge) => Assert.Equal(("AA", "-1"), await NumberAsync(edge, "-1", Started));

    /// <summary>A message with no functional content (§2.10.1 f).</summary>
    private static string Started(string controlId, string number) => $"MSH|^~\\&|LAB|ST_ELSEWHERE|ISTHMUS|ST_ELSEWHERE|2026||^|{controlId}|P|2.5.1|{number}\rPID|||\"\"\r";

    private async Task<(string Code, string Expected)> NumberAsync(RunningEdge edge, string number, Func<string, string, string>? message = null)
    {
        var answer = Answer.Of(await SendAsync(edge, (message ?? Numbered)(Results.NewId(), number)));
        return (answer.Code, answer.Expected);
    }

    private Task<long> RowsAsync(RunningEdge edge) => edge.AskAsync<long>($"SELECT count(*) FROM exchange.journal WHERE control_id = '{id}'");
}
