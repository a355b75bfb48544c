using System.Globalization;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Inbound.Acknowledging;
using Isthmus.Inbound.Receiving;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Isthmus.Inbound.Listeners.Http;

/// <summary>
/// Takes one request in. Steps: 1 what the headers alone forbid; 2 the body, within memory and time; 3 reception, the same as for
/// every listener; 4 the acknowledgement under the status that its code asks for.
/// </summary>
internal sealed class MessageEndpoint(
    ListenerSettings settings, ReceptionDesk desk, FrameMemory memory, InboundMeter meter, TimeProvider time)
{
    /// <summary>The first buffer, whatever length is announced: memory is taken as bytes arrive.</summary>
    private const int FirstBuffer = 16 * 1024;

    /// <summary>Of a body that turned out too large, what answers with its control id.</summary>
    private const int HeadOfTooLarge = 4096;

    public async Task AnswerAsync(HttpContext call)
    {
        // 1.
        var (type, refusal) = Check(call.Request);
        if (refusal is not null)
        {
            await RefuseAsync(call, refusal);
            return;
        }

        // 2.
        var body = new BodyBuffer(memory, settings.Limits.MaxFrameBytes);
        try
        {
            refusal = await ReadAsync(call, body);
            if (refusal == HttpRules.SlowSender)
            {
                await RefuseAsync(call, refusal);
                return;
            }

            // 3.
            var reception = refusal is null
                ? await desk.TakeInAsync(body.Content, new Arrival(settings.Name, type.CharacterSet))
                : desk.Refuse(refusal, body.Content[..Math.Min(body.Content.Length, HeadOfTooLarge)]);

            // 4.
            await AcknowledgeAsync(call, await reception.AnswerAsync(), type);
        }
        finally
        {
            body.Return();
        }
    }

    private (MessageType Type, Refusal? Refusal) Check(HttpRequest request)
    {
        if (!string.Equals(request.Path.Value, settings.Path, StringComparison.Ordinal))
        {
            return (default, HttpRules.PathUnknown);
        }

        if (!HttpMethods.IsPost(request.Method))
        {
            return (default, HttpRules.MethodNotAllowed);
        }

        if (request.ContentLength > settings.Limits.MaxFrameBytes)
        {
            // Not a byte of it is read: reading would invite what is refused (Expect: 100-continue), and wait for it.
            return (default, HttpRules.BodyTooLarge);
        }

        return request.Headers.ContainsKey(HeaderNames.ContentEncoding)
            ? (default, HttpRules.EncodingUnsupported)
            : MessageType.Read(request.ContentType);
    }

    /// <summary>Null once the body is read to its end.</summary>
    private async Task<Refusal?> ReadAsync(HttpContext call, BodyBuffer body)
    {
        using var slow = new CancellationTokenSource(settings.Limits.SlowSender, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(slow.Token, call.RequestAborted);
        try
        {
            if (!body.TryReserve((int)Math.Min(call.Request.ContentLength ?? FirstBuffer, FirstBuffer)))
            {
                return HttpRules.NoRoom;
            }

            while (true)
            {
                var read = await call.Request.Body.ReadAsync(body.Free, either.Token);
                if (read == 0)
                {
                    return null;
                }

                if (body.Take(read) is { } full)
                {
                    return full;
                }
            }
        }
        catch (OperationCanceledException) when (slow.IsCancellationRequested && !call.RequestAborted.IsCancellationRequested)
        {
            return HttpRules.SlowSender;
        }
        catch (BadHttpRequestException slower) when (slower.StatusCode == StatusCodes.Status408RequestTimeout)
        {
            return HttpRules.SlowSender;
        }
    }

    /// <summary>The acknowledgement under the status of its code.</summary>
    internal static async Task AcknowledgeAsync(HttpContext call, Answer answer, MessageType type)
    {
        var response = call.Response;
        response.StatusCode = AnswerStatus.Of(answer);
        if (answer.Refusal is { Transient: true })
        {
            response.Headers.RetryAfter = AnswerStatus.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        }

        if (answer.Refusal == HttpRules.BodyTooLarge)
        {
            response.Headers.Connection = "close";
        }

        if (!answer.Bytes.IsEmpty)
        {
            response.ContentType = type.ContentType;
            response.ContentLength = answer.Bytes.Length;
            await response.Body.WriteAsync(answer.Bytes, call.RequestAborted);
        }
    }

    /// <summary>Before any message there is none to acknowledge: a problem document (RFC 9457) says why.</summary>
    private async Task RefuseAsync(HttpContext call, Refusal refusal)
    {
        meter.Refused(refusal.Id);
        call.Response.Headers.Allow = refusal == HttpRules.MethodNotAllowed ? HttpMethods.Post : default;
        await Problem.WriteAsync(call, refusal, AnswerStatus.Of(refusal));
    }
}
