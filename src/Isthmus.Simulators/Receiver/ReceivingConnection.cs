using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Isthmus.Simulators.Faults;
using Isthmus.Simulators.Serving;

namespace Isthmus.Simulators.Receiver;

/// <summary>One sender's connection: reads frames one after another and answers each, well or as a fault has it.</summary>
internal sealed class ReceivingConnection(Socket socket, Stream stream, Counterpart counterpart, ReceiverOptions options)
{
    private const byte StartBlock = 0x0B;
    private const byte EndBlock = 0x1C;
    private const byte CarriageReturn = 0x0D;

    private byte[] buffer = new byte[8192];
    private int filled;

    public async Task ServeAsync(CancellationToken closing)
    {
        while (await NextAsync(closing) is { } frame)
        {
            if (ReceivedMessage.Read(frame) is not { } message)
            {
                await SendAsync($"MSH|^~\\&|RECEIVER|HOSPITAL|||{Now()}||ACK|{NewId()}|P|2.5.1\rMSA|AE|\r", closing);
            }
            else if (message.WantsAnswer && !await TakeAsync(message, closing))
            {
                return;
            }
        }
    }

    /// <summary>False once the connection is over.</summary>
    private async Task<bool> TakeAsync(ReceivedMessage message, CancellationToken closing)
    {
        using var draft = message.ToDraft();
        if (draft is null)
        {
            await AnswerAsync(message, message.IsEnhanced ? "CE" : "AE", message.ControlId, null, closing);
            return true;
        }

        var fault = counterpart.Faults.Take("", draft);
        switch (fault?.Kind)
        {
            case Fault.Drop:
                socket.Close(timeout: 0);
                return false;
            case "AE" or "AR" or "CE" or "CR":
                await AnswerAsync(message, fault.Kind, message.ControlId, fault.Error, closing);
                return true;
            case Fault.Latency:
                await Task.Delay(fault.Milliseconds ?? 0, closing);
                break;
        }

        if (!options.RecognisesRepeats || counterpart.Log.DeliveryCount(message.ControlId) == 0)
        {
            await counterpart.Log.AppendAsync(draft);
        }

        return await AcceptAsync(message, fault, closing);
    }

    private async Task<bool> AcceptAsync(ReceivedMessage message, Fault? fault, CancellationToken closing)
    {
        switch (fault?.Kind)
        {
            case Fault.TimeoutAfterEffect:
                await Task.Delay(fault.Milliseconds ?? Timeout.Infinite, closing);
                socket.Close(timeout: 0);
                return false;
            case Fault.CutAnswer:
                await stream.WriteAsync("\vMSH|^~\\&|RECEIVER"u8.ToArray(), closing);
                await stream.FlushAsync(closing);
                return false;
            case Fault.AnswerGarbage:
                await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), closing);
                return true;
            case Fault.LateAnswer:
                await Task.Delay(fault.Milliseconds ?? 0, closing);
                break;
        }

        var named = fault?.Kind switch
        {
            Fault.OtherControlId => "X" + message.ControlId,
            Fault.NoControlId => "",
            _ => message.ControlId,
        };
        for (var times = fault?.Kind == Fault.AnswerTwice ? 2 : 1; times > 0; times--)
        {
            if (!message.IsEnhanced)
            {
                await AnswerAsync(message, "AA", named, null, closing);
                continue;
            }

            if (message.AcceptType is "AL" or "SU")
            {
                await AnswerAsync(message, "CA", named, null, closing);
            }

            if (message.ApplicationType is "AL" or "SU")
            {
                await AnswerAsync(message, "AA", named, null, closing, accept: "AL");
            }
        }

        return true;
    }

    private Task AnswerAsync(ReceivedMessage message, string code, string controlId, int? error, CancellationToken closing, string accept = "")
    {
        var answer = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"MSH|^~\\&|{message.Header(5)}|{message.Header(6)}|{message.Header(3)}|{message.Header(4)}|{Now()}||ACK|{NewId()}|P|{message.Header(12)}|||{accept}\r")
            .Append(CultureInfo.InvariantCulture, $"MSA|{code}|{controlId}\r");
        if (error is { } number)
        {
            answer.Append(CultureInfo.InvariantCulture, $"ERR|||{number}|E\r");
        }

        return SendAsync(answer.ToString(), closing);
    }

    private async Task SendAsync(string answer, CancellationToken closing)
    {
        byte[] frame = [StartBlock, .. Encoding.Latin1.GetBytes(answer), EndBlock, CarriageReturn];
        await stream.WriteAsync(frame, closing);
        await stream.FlushAsync(closing);
    }

    private string Now() => options.Time.GetUtcNow().ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);

    private static string NewId() => Guid.NewGuid().ToString("N")[..16];

    /// <summary>The next frame's content; null once the sender has closed.</summary>
    private async Task<byte[]?> NextAsync(CancellationToken closing)
    {
        while (true)
        {
            var end = buffer.AsSpan(0, filled).IndexOf([EndBlock, CarriageReturn]);
            if (end >= 0)
            {
                var start = buffer.AsSpan(0, end).IndexOf(StartBlock);
                var frame = buffer[(start + 1)..end];
                filled -= end + 2;
                buffer.AsSpan(end + 2, filled).CopyTo(buffer);
                return frame;
            }

            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            var read = await stream.ReadAsync(buffer.AsMemory(filled), closing);
            if (read == 0)
            {
                return null;
            }

            filled += read;
        }
    }
}
