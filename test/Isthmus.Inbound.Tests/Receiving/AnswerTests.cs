namespace Isthmus.Inbound.Tests.Receiving;

/// <summary>What a sender is told, in both acknowledgement modes.</summary>
public sealed class AnswerTests(SharedEdge shared) : IClassFixture<SharedEdge>
{
    private readonly string id = Results.NewId();
    private readonly RunningEdge edge = shared.Edge;

    [Fact]
    public async Task A_journalled_message_is_answered_AA_with_its_control_id()
    {
        await using var sender = await edge.ConnectAsync();

        var answer = await sender.AskAsync(Results.Message(id));

        Assert.Equal(("AA", id), (answer.Code, answer.ControlId));
        Assert.Equal(1L, await edge.AskAsync<long>($"SELECT count(*) FROM exchange.journal WHERE control_id = '{id}' AND id = {answer.OwnId}"));
    }

    [Theory]
    [InlineData("AL", "CA")]
    [InlineData("SU", "CA")]
    [InlineData("ER", null)]
    [InlineData("NE", null)]
    public async Task Enhanced_mode_is_answered_as_MSH_15_asks_when_all_is_well(string accept, string? expected) =>
        await CheckAsync(Results.Message(id, accept: accept + "|AL"), expected, rule: "");

    [Theory]
    [InlineData("AL", "CR")]
    [InlineData("ER", "CR")]
    [InlineData("SU", null)]
    [InlineData("NE", null)]
    public async Task Enhanced_mode_is_answered_as_MSH_15_asks_when_it_is_refused(string accept, string? expected) =>
        await CheckAsync(Results.Message(id, accept: accept, version: "9.9"), expected, "contract.version-not-allowed");

    [Fact]
    public async Task An_error_in_enhanced_mode_is_answered_CE() =>
        await CheckAsync(Results.Message("", accept: "AL"), "CE", "hl7.control-id-unusable");

    [Fact]
    public async Task MSH_16_alone_means_enhanced_mode() =>
        await CheckAsync(Results.Message(id, accept: "|NE"), "CA", rule: "");

    [Fact]
    public async Task An_unknown_sender_is_answered_AR() =>
        await CheckAsync(Results.Message(id, sender: "OTHER|ST_ELSEWHERE"), "AR", "contract.sender-unknown");

    [Fact]
    public async Task A_type_that_no_contract_allows_is_answered_AR() =>
        await CheckAsync(Results.Message(id, type: "ADT^A01^ADT_A01"), "AR", "contract.message-type-not-allowed");

    [Fact]
    public async Task A_version_that_no_contract_allows_is_answered_AR() =>
        await CheckAsync(Results.Message(id, version: "3.0"), "AR", "contract.version-not-allowed");

    [Fact]
    public async Task A_processing_id_that_no_contract_allows_is_answered_AR() =>
        await CheckAsync(Results.Message(id, processing: "D"), "AR", "contract.processing-id-not-allowed");

    [Fact]
    public async Task A_message_without_a_control_id_is_answered_AE() =>
        await CheckAsync(Results.Message(""), "AE", "hl7.control-id-unusable");

    [Fact]
    public async Task A_control_id_with_a_NUL_in_it_is_answered_AE_and_harms_nobody_else() =>
        await CheckAsync(Results.Message(id + "\0"), "AE", "hl7.control-id-unusable");

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("PID|1||X")]
    [InlineData("MSH")]
    public async Task What_has_no_header_is_answered_AE(string content) =>
        await CheckAsync(content, "AE", "hl7.header-unreadable");

    [Fact]
    public async Task Two_headers_in_one_frame_are_journalled_for_Mediation_to_judge() =>
        await CheckAsync(Results.Message(id) + "\r" + Results.Message(Results.NewId()), "AA", rule: "");

    [Fact]
    public async Task A_truncated_message_with_a_header_is_journalled_for_Mediation_to_judge() =>
        await CheckAsync(Results.Message(id)[..150], "AA", rule: "");

    /// <summary>Sends it, expects the code (null: silence) and the rule, and that the connection lives on.</summary>
    private async Task CheckAsync(string message, string? code, string rule)
    {
        await using var sender = await edge.ConnectAsync();

        var next = Results.NewId();
        await sender.SendAsync(message);
        await sender.SendAsync(Results.Message(next));

        var answer = await sender.ReceiveAsync();
        if (code is not null)
        {
            Assert.Equal((code, rule), (answer.Code, answer.Rule));
            answer = await sender.ReceiveAsync();
        }

        Assert.Equal(("AA", next), (answer.Code, answer.ControlId));
        var journalled = code is null ? rule.Length == 0 : code is "AA" or "CA";
        Assert.Equal(journalled ? 1 : 0, await edge.AskAsync<long>(
            $"SELECT count(*) FROM exchange.journal JOIN exchange.inbox USING (id) WHERE control_id = '{id}'"));
    }
}
