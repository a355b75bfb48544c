using System.Text;
using Isthmus.Hl7v2;
using Isthmus.Simulators.Lab;

namespace Isthmus.Host.Sending;

/// <summary>How one message was answered.</summary>
/// <param name="Ack">MSA-1; null when no answer came.</param>
/// <param name="Rule">The receiver's rule id, if it refused.</param>
/// <param name="Text">The receiver's sentence, or why there is no answer.</param>
internal sealed record SendOutcome(string File, int Number, string ControlId, string? Ack, string? Rule, string? Text, double Milliseconds)
{
    public bool IsAccepted => Ack is "AA" or "CA";
}

/// <summary>How all messages were answered, in the order of the files.</summary>
internal sealed record SendReport(IReadOnlyList<SendOutcome> Outcomes, TimeSpan Elapsed)
{
    public int Accepted => Outcomes.Count(outcome => outcome.IsAccepted);

    public int Unanswered => Outcomes.Count(outcome => outcome.Ack is null);

    public int Refused => Outcomes.Count - Accepted - Unanswered;
}

/// <summary>
/// Sends messages over several connections, those about one patient over the same one and in order. What gets no answer is
/// reported, not repeated: whoever sends by hand decides.
/// </summary>
internal sealed class MllpSender(string host, int port, MllpOptions options)
{
    private const int Window = 32;

    public async Task<SendReport> SendAsync(IReadOnlyList<FileMessage> messages, int connections, TimeProvider time, CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        var outcomes = new SendOutcome[messages.Count];
        var lines = Enumerable.Range(0, messages.Count).GroupBy(i => LineOf(messages[i].Bytes.Span, Math.Max(connections, 1)));
        await Task.WhenAll(lines.Select(line => SendLineAsync(line.ToArray(), messages, outcomes, time, cancel)));
        return new(outcomes, time.GetElapsedTime(started));
    }

    private static int LineOf(ReadOnlySpan<byte> message, int connections)
    {
        if (!Hl7Peek.TryRead(message, out var header))
        {
            return 0;
        }

        var hash = default(HashCode);
        hash.AddBytes(header.PatientId.Of(message));
        return (int)((uint)hash.ToHashCode() % (uint)connections);
    }

    private async Task SendLineAsync(
        int[] line, IReadOnlyList<FileMessage> messages, SendOutcome[] outcomes, TimeProvider time, CancellationToken cancel)
    {
        MllpClient? client = null;
        var ahead = new Queue<(int Message, Task<MllpAnswer> Answer)>();
        try
        {
            foreach (var message in line)
            {
                if (client is not { IsUsable: true })
                {
                    await SettleAsync(ahead, 0, messages, outcomes);
                    await (client?.DisposeAsync() ?? ValueTask.CompletedTask);
                    client = await MllpClient.ConnectAsync(host, port, options, time, cancel);
                }

                ahead.Enqueue((message, client.SendAsync(messages[message].Bytes, cancel)));
                await SettleAsync(ahead, options.IsPipelined ? Window - 1 : 0, messages, outcomes);
            }

            await SettleAsync(ahead, 0, messages, outcomes);
        }
        catch (IOException failure)
        {
            // Nobody answers there: what is left of this line need not be tried one by one.
            foreach (var message in line.Where(message => outcomes[message] is null))
            {
                outcomes[message] = Unanswered(messages[message], failure);
            }
        }
        finally
        {
            await (client?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }

    private static async Task SettleAsync(
        Queue<(int Message, Task<MllpAnswer> Answer)> ahead, int leaving, IReadOnlyList<FileMessage> messages, SendOutcome[] outcomes)
    {
        while (ahead.Count > leaving)
        {
            var (message, waiting) = ahead.Dequeue();
            var sent = messages[message];
            try
            {
                var answer = await waiting;
                outcomes[message] = new(
                    sent.File, sent.Number, ControlId(sent), answer.Code, answer.RuleId, answer.Text, answer.RoundTrip.TotalMilliseconds);
            }
            catch (IOException failure)
            {
                outcomes[message] = Unanswered(sent, failure);
            }
        }
    }

    private static SendOutcome Unanswered(FileMessage sent, IOException failure) =>
        new(sent.File, sent.Number, ControlId(sent), null, "mllp.no-answer", failure.Message, 0);

    private static string ControlId(FileMessage sent) =>
        Hl7Peek.TryRead(sent.Bytes.Span, out var header) ? Encoding.UTF8.GetString(header.ControlId.Of(sent.Bytes.Span)) : string.Empty;
}
