using System.Net.Http.Headers;
using System.Text;
using Isthmus.Exchange;
using Isthmus.Hl7v2;

namespace Isthmus.Host.Sending;

/// <summary>Sends messages over HTTP one after another (HL7 over HTTP 1.2). What gets no acknowledgement is reported, not repeated.</summary>
internal sealed class HttpSender(Uri target, HttpMessageHandler handler, TimeSpan timeout) : IDisposable
{
    private readonly HttpClient client = new(handler) { Timeout = timeout };

    /// <exception cref="RefusalException">The target is no http or https address.</exception>
    public static Uri Target(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var target) && target.Scheme is "http" or "https"
            ? target
            : throw new RefusalException(new("send.target-invalid", "Give the target as a URL, such as http://localhost:8575/hl7.", FailureDomain.Client));

    public async Task<SendReport> SendAsync(IReadOnlyList<FileMessage> messages, TimeProvider time, CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        var outcomes = new List<SendOutcome>(messages.Count);
        foreach (var message in messages)
        {
            outcomes.Add(await SendAsync(message, time, cancel));
        }

        return new(outcomes, time.GetElapsedTime(started));
    }

    public void Dispose() => client.Dispose();

    private async Task<SendOutcome> SendAsync(FileMessage message, TimeProvider time, CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        var controlId = Hl7Peek.TryRead(message.Bytes.Span, out var header) ? Encoding.UTF8.GetString(header.ControlId.Of(message.Bytes.Span)) : string.Empty;
        try
        {
            using var body = new ReadOnlyMemoryContent(message.Bytes);
            body.Headers.ContentType = new MediaTypeHeaderValue("application/hl7-v2");
            using var response = await client.PostAsync(target, body, cancel);
            var answer = Hl7Message.Parse(await response.Content.ReadAsByteArrayAsync(cancel));
            var took = time.GetElapsedTime(started).TotalMilliseconds;
            if (answer.Message?.First("MSA") is not { Exists: true } said)
            {
                return new(message.File, message.Number, controlId, null, "http.no-acknowledgement", $"HTTP status {(int)response.StatusCode}", took);
            }

            var error = answer.Message.First("ERR");
            return new(
                message.File, message.Number, controlId, said[1].GetText(),
                error.Exists ? error[5].GetText() : null, error.Exists ? error[8].GetText() : null, took);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException || (failure is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return new(message.File, message.Number, controlId, null, "http.no-answer", failure.Message, 0);
        }
    }
}
