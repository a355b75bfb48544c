using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;
using Isthmus.Exchange.Contracts;
using Isthmus.Hl7v2;
using Isthmus.Outbound.Resilience;

namespace Isthmus.Outbound.Connectors.Mllp;

/// <summary>
/// One connection to a receiver, with one message under way at a time. What comes is credited to that message if MSA-2 names it,
/// and to none else: after anything that does not fit, or that does not come in time, the connection is never used again, so that a
/// late answer finds nobody.
/// </summary>
internal sealed class MllpLine : IDisposable
{
    /// <summary>An acknowledgement is some hundred bytes; a megabyte without an end is none.</summary>
    private const int LargestAnswer = 1 << 20;

    private readonly Socket socket;
    private readonly Stream stream;
    private byte[] buffer = new byte[4096];
    private int filled;

    private MllpLine(Socket socket, Stream stream)
    {
        this.socket = socket;
        this.stream = stream;
    }

    /// <summary>Whether the last exchange ended as it should, so that another may follow.</summary>
    public bool IsClean { get; private set; } = true;

    /// <summary>Nothing has come since the last exchange, not even the end of the connection.</summary>
    public bool IsQuiet => filled == 0 && !socket.Poll(TimeSpan.Zero, SelectMode.SelectRead);

    /// <exception cref="SocketException">Nobody answers there.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">One side does not accept the other's certificate.</exception>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public static async Task<MllpLine> ConnectAsync(Uri address, SslClientAuthenticationOptions? tls, CancellationToken patience)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            await socket.ConnectAsync(address.IdnHost, address.Port, patience);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (tls is not null)
            {
                var secured = new SslStream(stream);
                stream = secured;
                await secured.AuthenticateAsClientAsync(tls, patience);
            }

            return new MllpLine(socket, stream);
        }
        catch
        {
            await (stream?.DisposeAsync() ?? ValueTask.CompletedTask);
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends one message and waits for the answer that ends it. From the first byte on, what fails is ambiguous.</summary>
    /// <param name="message">With <paramref name="controlId"/> in MSH-10.</param>
    /// <param name="timeout">For each answer that is due.</param>
    /// <exception cref="OperationCanceledException">Cancelled; whether it took effect is not known, and the line is of no more use.</exception>
    public async Task<DeliveryResult> ExchangeAsync(
        ReadOnlyMemory<byte> message, string controlId, MllpAcknowledgement mode, TimeSpan timeout, TimeProvider time, CancellationToken cancellation)
    {
        IsClean = false;
        try
        {
            using var patience = new CancellationTokenSource(timeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
            await stream.WriteAsync(MllpFrame.Around(message.Span), either.Token);
            var answer = await ReceiveAsync(controlId, either.Token);
            if (answer is { Code: "CA" } && mode == MllpAcknowledgement.CommitThenApplication)
            {
                patience.CancelAfter(timeout);
                answer = await ReceiveAsync(controlId, either.Token);
                if (answer is { IsCommit: false, WantsCommit: true })
                {
                    await CommitAsync(answer, time, either.Token);
                }
                else if (answer is { IsCommit: true })
                {
                    return DeliveryResult.Failed(FailureClass.Ambiguous);
                }
            }

            if (answer is null)
            {
                return DeliveryResult.Failed(FailureClass.Ambiguous);
            }

            // What came behind the answer was asked for by nobody.
            IsClean = filled == 0;
            return AnswerVerdict.Of(answer);
        }
        catch (Exception broken) when (broken is IOException or SocketException or InvalidDataException
            || (broken is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return DeliveryResult.Failed(FailureClass.Ambiguous);
        }
    }

    public void Dispose()
    {
        stream.Dispose();
        socket.Dispose();
    }

    /// <summary>The next answer; null where the next frame is not the answer to this message.</summary>
    private async Task<MllpAnswer?> ReceiveAsync(string controlId, CancellationToken cancellation)
    {
        while (true)
        {
            if (MllpFrame.TryRead(buffer.AsMemory(0, filled), out var content, out var after))
            {
                var answer = MllpAnswer.Read(content);
                buffer.AsSpan(after, filled - after).CopyTo(buffer);
                filled -= after;
                return answer?.ControlId == controlId ? answer : null;
            }

            if (filled == LargestAnswer)
            {
                throw new InvalidDataException("The receiver sent an answer without end.");
            }

            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            var read = await stream.ReadAsync(buffer.AsMemory(filled), cancellation);
            if (read == 0)
            {
                throw new IOException("The receiver closed the connection.");
            }

            filled += read;
        }
    }

    /// <summary>Tells the receiver that its application acknowledgement has come (HL7 v2.5.1 §2.9.3).</summary>
    private async Task CommitAsync(MllpAnswer answer, TimeProvider time, CancellationToken cancellation)
    {
        if (Hl7Peek.TryRead(answer.Header.Span, out var header))
        {
            var commit = new ArrayBufferWriter<byte>(256);
            Acknowledgement.Write(
                commit, answer.Header.Span, header, AcknowledgementCode.CA, time.GetUtcNow(), OutgoingControlId.OfMoment(time.GetUtcNow()));
            await stream.WriteAsync(MllpFrame.Around(commit.WrittenSpan), cancellation);
        }
    }
}
