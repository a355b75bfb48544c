using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Isthmus.Hl7v2;

namespace Isthmus.Simulators.Tests.Lab;

/// <summary>What a receiver does with a frame.</summary>
internal enum Reaction
{
    Accept,
    Error,
    Reject,

    /// <summary>Takes the message, then cuts the connection without answering.</summary>
    KeepAndCut,

    /// <summary>Takes the message and stays silent.</summary>
    KeepAndStaySilent,

    /// <summary>Acknowledges some other message.</summary>
    AnswerAnother,

    /// <summary>Answers with something that is no MLLP.</summary>
    Babble,
}

/// <summary>An MLLP receiver on loopback that reacts as told, frame by frame, and keeps what it took in order of arrival.</summary>
internal sealed class ScriptedReceiver : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Func<int, string, Reaction> script;
    private readonly X509Certificate2? certificate;
    private readonly ConcurrentBag<Task> connections = [];
    private readonly CancellationTokenSource stopped = new();
    private readonly Task accepting;
    private int frames;

    /// <param name="script">From the number of the frame, from one, and its control id.</param>
    public ScriptedReceiver(Func<int, string, Reaction>? script = null, X509Certificate2? certificate = null)
    {
        this.script = script ?? ((_, _) => Reaction.Accept);
        this.certificate = certificate;
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Control ids of all frames taken, in order, repeats included.</summary>
    public ConcurrentQueue<string> Taken { get; } = [];

    public ConcurrentDictionary<string, byte[]> Messages { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await stopped.CancelAsync();
        await accepting;
        listener.Stop();
        await Task.WhenAll(connections);
        stopped.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(stopped.Token);
                connections.Add(ServeAsync(client));
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the test.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            Stream stream = client.GetStream();
            if (certificate is not null)
            {
                var secured = new SslStream(stream);
                await secured.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, stopped.Token);
                stream = secured;
            }

            await using var __ = stream;
            var pending = new List<byte>();
            var buffer = new byte[4096];
            for (int read; (read = await stream.ReadAsync(buffer, stopped.Token)) > 0;)
            {
                pending.AddRange(buffer.AsSpan(0, read));
                for (int end; (end = pending.IndexOf(0x1C)) >= 0 && end + 1 < pending.Count;)
                {
                    var frame = pending.GetRange(1, end - 1).ToArray();
                    pending.RemoveRange(0, end + 2);
                    if (!await ReactAsync(stream, frame))
                    {
                        return;
                    }
                }
            }
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException or SocketException)
        {
            // The other side went, or the test is over.
        }
    }

    /// <summary>False to cut the connection.</summary>
    private async Task<bool> ReactAsync(Stream stream, byte[] frame)
    {
        Hl7Peek.TryRead(frame, out var header);
        var controlId = Encoding.Latin1.GetString(header.ControlId.Of(frame));
        var reaction = this.script(Interlocked.Increment(ref frames), controlId);
        if (reaction is Reaction.Accept or Reaction.KeepAndCut or Reaction.KeepAndStaySilent)
        {
            Taken.Enqueue(controlId);
            Messages[controlId] = frame;
        }

        switch (reaction)
        {
            case Reaction.KeepAndCut:
                return false;
            case Reaction.KeepAndStaySilent:
                return true;
            case Reaction.Babble:
                await stream.WriteAsync("HTTP/1.1 400 Bad Request\u001C\r\n"u8.ToArray(), stopped.Token);
                return true;
        }

        if (reaction == Reaction.AnswerAnother)
        {
            frame = Encoding.ASCII.GetBytes(@"MSH|^~\&|A|B|C|D|||ORU^R01|OTHER|P|2.5.1");
            Hl7Peek.TryRead(frame, out header);
        }

        var answer = new ArrayBufferWriter<byte>();
        answer.Write<byte>([0x0B]);
        var code = reaction switch { Reaction.Error => AcknowledgementCode.AE, Reaction.Reject => AcknowledgementCode.AR, _ => AcknowledgementCode.AA };
        AcknowledgementError? error = code == AcknowledgementCode.AA
            ? null
            : new(Hl7ErrorCode.ApplicationInternalError, "test.refused", "The script says so.");
        Acknowledgement.Write(answer, frame, header, code, DateTimeOffset.UnixEpoch, "ACK", error);
        answer.Write<byte>([0x1C, 0x0D]);
        await stream.WriteAsync(answer.WrittenMemory, stopped.Token);
        return true;
    }
}
