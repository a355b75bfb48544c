using Isthmus.Exchange;
using Isthmus.Host.Commands;
using Isthmus.Host.Sending;
using Isthmus.Simulators.Lab;
using Isthmus.Simulators.Tests.Lab;
using Isthmus.Testing;

namespace Isthmus.Host.Tests.Sending;

public sealed class SendTests : IDisposable
{
    private readonly string folder = Scratch.NewFolder("send").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Files_folders_and_patterns_are_taken_in_order_and_batches_apart()
    {
        Directory.CreateDirectory(Path.Combine(folder, "sub"));
        Write("b.hl7", Message("B"));
        Write("a.hl7", "FHS|^~\\&\r" + Message("A1") + Message("A2") + "FTS|2\r");
        Write("sub/c.hl7", Message("C"));
        Write("other.txt", Message("O"));

        Assert.Equal(["a.hl7 1", "a.hl7 2", "b.hl7 1", "c.hl7 1"], Names(folder));
        Assert.Equal(["other.txt 1", "b.hl7 1"], Names(Path.Combine(folder, "other.txt"), Path.Combine(folder, "b.*")));
    }

    [Theory]
    [InlineData("absent.hl7")]
    [InlineData("*.absent")]
    public void A_path_without_a_file_is_told(string name)
    {
        var refused = Assert.Throws<RefusalException>(() => MessageFiles.Read([Path.Combine(folder, name)]));

        Assert.Equal("send.no-such-file", refused.Refusal.Id);
    }

    [Theory]
    [InlineData("localhost:2575", "localhost", 2575)]
    [InlineData("[::1]:2575", "::1", 2575)]
    public void A_target_is_host_and_port(string target, string host, int port) =>
        Assert.Equal((host, port), MllpTarget.Parse(target));

    [Theory]
    [InlineData("localhost")]
    [InlineData(":2575")]
    [InlineData("localhost:0")]
    [InlineData("localhost:65536")]
    [InlineData("localhost:x")]
    public void Anything_else_is_no_target(string target) => Assert.Throws<RefusalException>(() => MllpTarget.Parse(target));

    [Theory]
    [InlineData(1, false)]
    [InlineData(4, false)]
    [InlineData(3, true)]
    public async Task Every_message_is_reported_with_its_own_answer_and_patients_stay_in_order(int connections, bool isPipelined)
    {
        await using var receiver = new ScriptedReceiver((_, controlId) => controlId.EndsWith('7') ? Reaction.Error : Reaction.Accept);
        var messages = Enumerable.Range(0, 100).Select(n => new FileMessage("f", n + 1, Bytes(Message($"M{n}", patient: n % 9)))).ToArray();

        var sent = await new MllpSender("127.0.0.1", receiver.Port, new MllpOptions { IsPipelined = isPipelined })
            .SendAsync(messages, connections, TimeProvider.System, default);

        Assert.Equal((90, 10, 0), (sent.Accepted, sent.Refused, sent.Unanswered));
        Assert.Equal(Enumerable.Range(0, 100).Select(n => $"M{n}"), sent.Outcomes.Select(outcome => outcome.ControlId));
        Assert.All(sent.Outcomes, outcome => Assert.Equal(outcome.ControlId.EndsWith('7') ? ("AE", "test.refused") : ("AA", null), (outcome.Ack, outcome.Rule)));
        var arrived = receiver.Taken.Select(id => int.Parse(id.AsSpan(1), provider: null)).ToArray();
        Assert.All(arrived.GroupBy(n => n % 9), ofPatient => Assert.Equal(ofPatient.Order(), ofPatient));
    }

    [Fact]
    public async Task A_cut_connection_leaves_one_message_unanswered_and_the_rest_goes_on()
    {
        await using var receiver = new ScriptedReceiver((frame, _) => frame == 3 ? Reaction.KeepAndCut : Reaction.Accept);
        var messages = Enumerable.Range(0, 6).Select(n => new FileMessage("f", n + 1, Bytes(Message($"M{n}")))).ToArray();

        var sent = await new MllpSender("127.0.0.1", receiver.Port, new()).SendAsync(messages, 1, TimeProvider.System, default);

        Assert.Equal((5, 0, 1), (sent.Accepted, sent.Refused, sent.Unanswered));
        Assert.Null(sent.Outcomes[2].Ack);
        Assert.Equal("mllp.no-answer", sent.Outcomes[2].Rule);
    }

    [Fact]
    public async Task The_exit_code_is_zero_only_when_all_were_accepted()
    {
        int port;
        Write("a.hl7", Message("A"));
        await using (var receiver = new ScriptedReceiver((frame, _) => frame == 2 ? Reaction.Error : Reaction.Accept))
        {
            port = receiver.Port;
            Assert.Equal(0, await RunAsync(port));
            Assert.Equal(1, await RunAsync(port));
        }

        Assert.Equal(1, await RunAsync(port));
    }

    private Task<int> RunAsync(int port) =>
        SendCommand.Create().Parse(["mllp", $"127.0.0.1:{port}", folder, "--json"]).InvokeAsync();

    private static string[] Names(params string[] paths) =>
        [.. MessageFiles.Read(paths).Select(message => $"{Path.GetFileName(message.File)} {message.Number}")];

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(folder, name), text);

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private static string Message(string controlId, int patient = 1) =>
        @"MSH|^~\&|LAB|NORTH|ISTHMUS|EAST|20260102030405||ORU^R01^ORU_R01|" + controlId + "|P|2.5.1\rPID|1||" + patient + "^^^NORTH\r";
}
