using System.Globalization;
using Isthmus.Exchange.Contracts;

namespace Isthmus.Inbound.Tests.Compliance;

/// <summary>What every listener of HL7 v2 does alike, whatever it speaks. Each listener runs all of it.</summary>
public abstract class ListenerCompliance
{
    private readonly string id = Results.NewId();

    private protected abstract RunningEdge Edge { get; }

    /// <summary>A listener of the same kind with something changed, over the same store.</summary>
    private protected abstract RunningEdge Start(Func<SiteModel, SiteModel> change);

    /// <summary>Sends one message and reads what comes back: the text of the acknowledgement, empty where none came.</summary>
    private protected abstract Task<string> SendAsync(RunningEdge edge, string message);

    [Fact]
    public async Task A_message_is_journalled_before_it_is_acknowledged()
    {
        var answer = await AskAsync(Results.Message(id));

        Assert.Equal(("AA", id, ""), (answer.Code, answer.ControlId, answer.Rule));
        Assert.Equal(1L, await Edge.AskAsync<long>(
            $"SELECT count(*) FROM exchange.journal JOIN exchange.inbox USING (id) WHERE control_id = '{id}' AND id = {answer.OwnId}"));
    }

    [Fact]
    public async Task A_repeat_gets_the_first_answer_and_makes_no_second_row()
    {
        var first = await AskAsync(Results.Message(id, time: "20261120080000"));
        var again = await AskAsync(Results.Message(id, time: "20261120080507"));

        Assert.Equal(("AA", id, first.OwnId), (again.Code, again.ControlId, again.OwnId));
        Assert.Equal(1, await RowsAsync(id));
    }

    [Fact]
    public async Task Twins_at_the_same_time_make_one_row()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => AskAsync(Results.Message(id))));

        Assert.Single(answers.Select(answer => (answer.Code, answer.OwnId)).Distinct());
        Assert.Equal(1, await RowsAsync(id));
    }

    [Fact]
    public async Task A_contract_may_refuse_reused_control_ids()
    {
        await using var strict = Start(site => site.WithRepeats(repeats => repeats with { ReusedControlId = ReusedControlId.Refuse }));
        Assert.Equal("AA", Answer.Of(await SendAsync(strict, Results.Message(id, value: "4.1"))).Code);

        var other = Answer.Of(await SendAsync(strict, Results.Message(id, value: "5.9")));

        Assert.Equal(("AR", "contract.control-id-reused"), (other.Code, other.Rule));
        Assert.Equal(1, await RowsAsync(id));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("PID|1||X")]
    [InlineData("MSH")]
    [InlineData("\u000B\u000B\u001C")]
    public async Task What_has_no_header_is_answered_AE(string content) =>
        await RefusedAsync(content, "AE", "hl7.header-unreadable", "");

    [Fact]
    public async Task A_message_without_a_control_id_is_answered_AE_with_the_place() =>
        await RefusedAsync(Results.Message(""), "AE", "hl7.control-id-unusable", "MSH^1^10^1");

    [Fact]
    public async Task A_control_id_with_a_NUL_is_answered_AE_with_the_place_and_not_repeated()
    {
        var answer = await RefusedAsync(Results.Message(id + "\0"), "AE", "hl7.control-id-unusable", "MSH^1^10^1");

        Assert.Equal("", answer.ControlId);
    }

    [Fact]
    public async Task An_unknown_sender_is_answered_AR_with_the_place() =>
        await RefusedAsync(Results.Message(id, sender: "OTHER|ST_ELSEWHERE"), "AR", "contract.sender-unknown", "MSH^1^3^1");

    [Fact]
    public async Task A_type_that_no_contract_allows_is_answered_AR_with_the_place() =>
        await RefusedAsync(Results.Message(id, type: "ZZZ^Z99^ZZZ_Z99"), "AR", "contract.message-type-not-allowed", "MSH^1^9^1");

    [Fact]
    public async Task A_version_that_no_contract_allows_is_answered_AR_with_the_place() =>
        await RefusedAsync(Results.Message(id, version: "9.9"), "AR", "contract.version-not-allowed", "MSH^1^12^1");

    [Fact]
    public async Task A_processing_id_that_no_contract_allows_is_answered_AR_with_the_place() =>
        await RefusedAsync(Results.Message(id, processing: "D"), "AR", "contract.processing-id-not-allowed", "MSH^1^11^1");

    [Theory]
    [InlineData("AL", "2.5.1", "CA")]
    [InlineData("SU", "2.5.1", "CA")]
    [InlineData("ER", "2.5.1", "")]
    [InlineData("NE", "2.5.1", "")]
    [InlineData("AL", "9.9", "CR")]
    [InlineData("ER", "9.9", "CR")]
    [InlineData("SU", "9.9", "")]
    [InlineData("NE", "9.9", "")]
    public async Task In_enhanced_mode_MSH_15_decides_on_the_commit_acknowledgement(string accept, string version, string code)
    {
        var text = await SendAsync(Edge, Results.Message(id, accept: accept + "|NE", version: version));

        Assert.Equal(code, text.Length == 0 ? "" : Answer.Of(text).Code);
        Assert.Equal(version == "2.5.1" ? 1 : 0, await RowsAsync(id));
    }

    [Fact]
    public async Task An_error_in_enhanced_mode_is_answered_CE() =>
        await RefusedAsync(Results.Message("", accept: "AL"), "CE", "hl7.control-id-unusable", "MSH^1^10^1");

    [Fact]
    public async Task Two_headers_without_a_batch_around_them_are_one_message_for_Mediation_to_judge()
    {
        var other = Results.NewId();

        var answer = await AskAsync(Results.Message(id) + "\r" + Results.Message(other));

        Assert.Equal(("AA", id), (answer.Code, answer.ControlId));
        Assert.Equal((1, 0), (await RowsAsync(id), await RowsAsync(other)));
    }

    [Fact]
    public async Task Each_message_of_a_batch_is_answered_on_its_own_inside_a_batch()
    {
        string[] ids = [Results.NewId(), Results.NewId(), Results.NewId()];
        var batch = $"FHS|^~\\&|LAB|X\rBHS|^~\\&|LAB|ST_ELSEWHERE|ISTHMUS|HERE|20261120||||B42\r"
            + $"{Results.Message(ids[0])}\r{Results.Message(ids[1], version: "9.9")}\r{Results.Message(ids[2])}\rBTS|3\rFTS|1\r";

        var answers = Batch(await SendAsync(Edge, batch));

        Assert.StartsWith("BHS|^~\\&|ISTHMUS|HERE|LAB|ST_ELSEWHERE|", answers.Header, StringComparison.Ordinal);
        Assert.EndsWith("|||||B42", answers.Header, StringComparison.Ordinal);
        Assert.Equal([("AA", ids[0], ""), ("AR", ids[1], "contract.version-not-allowed"), ("AA", ids[2], "")], answers.Answers);
        Assert.Equal("BTS|3", answers.Trailer);
        Assert.Equal((1, 0, 1), (await RowsAsync(ids[0]), await RowsAsync(ids[1]), await RowsAsync(ids[2])));
    }

    [Fact]
    public async Task A_message_in_other_separators_than_its_batch_is_refused_and_the_others_are_taken_in()
    {
        string[] ids = [Results.NewId(), Results.NewId()];
        var other = Results.Message(ids[1]).Replace('|', '$');

        var text = await SendAsync(Edge, $"BHS|^~\\&|LAB\r{Results.Message(ids[0])}\r{other}\rBTS|2\r");

        Assert.Contains($"\rMSA|AA|{ids[0]}\r", text, StringComparison.Ordinal);
        Assert.Contains($"\rMSA$AE${ids[1]}\rERR$$MSH^1^1^1$", text, StringComparison.Ordinal);
        Assert.Contains("$hl7.batch-separator-differs$", text, StringComparison.Ordinal);
        Assert.Equal((1, 0), (await RowsAsync(ids[0]), await RowsAsync(ids[1])));
    }

    [Fact]
    public async Task A_batch_sent_again_gets_the_first_answers()
    {
        string[] ids = [Results.NewId(), Results.NewId()];
        var batch = $"BHS|^~\\&|LAB\r{Results.Message(ids[0])}\r{Results.Message(ids[1])}\rBTS|2\r";

        var first = Batch(await SendAsync(Edge, batch));
        var again = Batch(await SendAsync(Edge, batch));

        Assert.Equal(first.Answers, again.Answers);
        Assert.Equal((1, 1), (await RowsAsync(ids[0]), await RowsAsync(ids[1])));
    }

    [Fact]
    public async Task A_batch_whose_messages_want_no_acknowledgement_gets_none()
    {
        var text = await SendAsync(Edge, $"BHS|^~\\&|LAB\r{Results.Message(id, accept: "NE|NE")}\rBTS|1\r");

        Assert.Equal("", text);
        Assert.Equal(1, await RowsAsync(id));
    }

    [Fact]
    public async Task A_batch_without_a_message_is_answered_AE() =>
        await RefusedAsync("BHS|^~\\&|LAB\rBTS|0\r", "AE", "hl7.batch-empty", "");

    [Fact]
    public async Task A_batch_without_end_is_answered_AE_as_a_whole() =>
        await RefusedAsync("BHS|^~\\&|LAB\r" + string.Concat(Enumerable.Repeat("MSH|\r", 10_001)), "AE", "hl7.batch-too-long", "");

    [Fact]
    public async Task A_batch_cut_off_in_its_header_is_answered_AE() =>
        await RefusedAsync("BHS|^~", "AE", "hl7.batch-empty", "");

    [Fact]
    public async Task Where_the_store_is_full_the_answer_is_AR_and_may_pass()
    {
        await using var full = Start(site => site with { Watermarks = site.Watermarks with { QueueAge = TimeSpan.FromSeconds(-1) } });

        var refused = Answer.Of(await SendAsync(full, Results.Message(id)));

        Assert.Equal(("AR", "watermark.queue-old"), (refused.Code, refused.Rule));
        Assert.Equal(0, await RowsAsync(id));
        Assert.Equal("AA", (await AskAsync(Results.Message(id))).Code);
    }

    [Fact]
    public async Task Every_message_cut_off_at_any_byte_is_answered_and_never_mixes_with_the_next()
    {
        var whole = Results.Message(id);
        for (var length = 1; length < whole.Length; length += 7)
        {
            var answer = await AskAsync(whole[..length]);
            Assert.True(answer.Code is "AA" or "AE" or "AR", answer.Text);
        }

        var next = Results.NewId();
        Assert.Equal(("AA", next), (await AskAsync(Results.Message(next)) is var last ? (last.Code, last.ControlId) : default));
    }

    private protected async Task<Answer> AskAsync(string message) => Answer.Of(await SendAsync(Edge, message));

    private async Task<Answer> RefusedAsync(string message, string code, string rule, string place)
    {
        var answer = await AskAsync(message);

        Assert.Equal((code, rule), (answer.Code, answer.Rule));
        Assert.Equal(place, answer.Text.Split('\r').Single(line => line.StartsWith("ERR", StringComparison.Ordinal)).Split('|')[2]);
        Assert.Equal(0, await RowsAsync(id));
        var next = Results.NewId();
        Assert.Equal(next, (await AskAsync(Results.Message(next))).ControlId);
        return answer;
    }

    private async Task<int> RowsAsync(string controlId) => (int)await Edge.AskAsync<long>(string.Create(
        CultureInfo.InvariantCulture, $"SELECT count(*) FROM exchange.journal JOIN exchange.inbox USING (id) WHERE control_id = '{controlId}'"));

    private static (string Header, (string Code, string ControlId, string Rule)[] Answers, string Trailer) Batch(string text)
    {
        var lines = text.Split('\r', StringSplitOptions.RemoveEmptyEntries);
        var answers = string.Join('\r', lines[1..^1]).Split("MSH|", StringSplitOptions.RemoveEmptyEntries)
            .Select(part => Answer.Of("MSH|" + part))
            .Select(answer => (answer.Code, answer.ControlId, answer.Rule));
        return (lines[0], [.. answers], lines[^1]);
    }
}
