using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;

namespace Isthmus.Simulators.Lab;

/// <summary>
/// One MLLP connection that sends messages and matches their acknowledgements (HL7 v2.5.1 appendix C, MLLP release 1).
/// An answer is credited to the oldest frame that is still unanswered, and only if MSA-2 names it; anything else
/// breaks the connection, and every message without an answer fails with an <see cref="IOException"/>.
/// </summary>
public sealed class MllpClient : IAsyncDisposable
{
    private const byte StartBlock = 0x0B;
    private const byte EndBlock = 0x1C;
    private const byte CarriageReturn = 0x0D;

    /// <summary>An acknowledgement is some hundred bytes; a megabyte without an end is no MLLP.</summary>
    private const int LargestAnswer = 1 << 20;

    private readonly Stream stream;
    private readonly MllpOptions options;
    private readonly TimeProvider time;
    private readonly Queue<Waiting> waiting = new();
    private readonly SemaphoreSlim sending = new(1, 1);
    private readonly SemaphoreSlim turn;
    private readonly ITimer watch;
    private byte[] frame = new byte[8192];
    private IOException? broken;

    private MllpClient(Stream stream, MllpOptions options, TimeProvider time)
    {
        this.stream = stream;
        this.options = options;
        this.time = time;
        turn = new(options.IsPipelined ? int.MaxValue : 1);
        var period = TimeSpan.FromMilliseconds(Math.Max(options.AnswerTimeout.TotalMilliseconds / 4, 10));
        watch = time.CreateTimer(_ => BreakWhenLate(), null, period, period);
        _ = ReceiveAsync();
    }

    /// <summary>False once the connection has failed; make another.</summary>
    public bool IsUsable => Volatile.Read(ref broken) is null;

    /// <exception cref="IOException">The partner does not answer, or TLS fails.</exception>
    public static async Task<MllpClient> ConnectAsync(
        string host, int port, MllpOptions options, TimeProvider time, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            patience.CancelAfter(options.ConnectTimeout);
            await socket.ConnectAsync(host, port, patience.Token);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (options.Tls is { } tls)
            {
                var secured = new SslStream(stream);
                stream = secured;
                await secured.AuthenticateAsClientAsync(tls, patience.Token);
            }

            return new MllpClient(stream, options, time);
        }
        catch (Exception failure) when (failure is SocketException or IOException or System.Security.Authentication.AuthenticationException
            || (failure is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            await (stream?.DisposeAsync() ?? ValueTask.CompletedTask);
            socket.Dispose();
            throw new IOException($"No MLLP connection to {host}:{port}.", failure);
        }
    }

    /// <summary>Sends one message and waits for its acknowledgement.</summary>
    /// <exception cref="IOException">The connection failed before the answer came: whether the message arrived is unknown.</exception>
    public async Task<MllpAnswer> SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancel)
    {
        await turn.WaitAsync(cancel);
        try
        {
            var waiting = new Waiting(ControlIdOf(message.Span), options.IsPipelined);
            await SendFrameAsync(message, waiting, cancel);
            return await waiting.Answer.Task;
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Break(new IOException("The connection was closed by this side."));
        await watch.DisposeAsync();
        await stream.DisposeAsync();
    }

    private async Task SendFrameAsync(ReadOnlyMemory<byte> message, Waiting waiting, CancellationToken cancel)
    {
        await sending.WaitAsync(cancel);
        try
        {
            var length = message.Length + 3;
            if (this.frame.Length < length)
            {
                this.frame = new byte[length];
            }

            this.frame[0] = StartBlock;
            message.CopyTo(this.frame.AsMemory(1));
            this.frame[length - 2] = EndBlock;
            this.frame[length - 1] = CarriageReturn;

            // Queued before it is sent: the answer may be here before the send returns.
            waiting.SentAt = time.GetTimestamp();
            lock (this.waiting)
            {
                if (this.broken is { } broken)
                {
                    throw new IOException(broken.Message, broken);
                }

                this.waiting.Enqueue(waiting);
            }

            try
            {
                // Half a frame cannot be taken back, so a cancelled caller does not cut it.
                await stream.WriteAsync(this.frame.AsMemory(0, length), CancellationToken.None);
            }
            catch (Exception failure) when (failure is IOException or ObjectDisposedException)
            {
                Break(new IOException("The connection failed while a frame was sent.", failure));
            }
        }
        finally
        {
            sending.Release();
        }
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[8192];
        var filled = 0;
        try
        {
            while (true)
            {
                var read = await stream.ReadAsync(buffer.AsMemory(filled));
                if (read == 0)
                {
                    throw new IOException("The partner closed the connection.");
                }

                filled += read;
                filled = TakeAnswers(buffer, filled);
                if (filled == LargestAnswer)
                {
                    throw new IOException("The partner sent an answer without end.");
                }

                if (filled == buffer.Length)
                {
                    Array.Resize(ref buffer, buffer.Length * 2);
                }
            }
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            Break(failure as IOException ?? new IOException("The connection was closed.", failure));
        }
    }

    /// <summary>Answers every whole frame in the buffer; moves what is left to its front.</summary>
    private int TakeAnswers(byte[] buffer, int filled)
    {
        var at = 0;
        while (at < filled)
        {
            var frame = buffer.AsSpan(at, filled - at);
            var end = frame.IndexOf((byte)EndBlock);
            if (end < 0 || end + 1 == frame.Length)
            {
                break;
            }

            var start = frame[..end].IndexOf(StartBlock);
            if (start < 0 || frame[end + 1] != CarriageReturn)
            {
                throw new IOException("The partner sent something that is no MLLP frame.");
            }

            Credit(frame[(start + 1)..end].ToArray());
            at += end + 2;
        }

        buffer.AsSpan(at, filled - at).CopyTo(buffer);
        return filled - at;
    }

    private void Credit(byte[] frame)
    {
        Waiting? waiting;
        lock (this.waiting)
        {
            this.waiting.TryPeek(out waiting);
        }

        if (waiting is null)
        {
            throw new IOException("The partner sent an answer that nobody waits for.");
        }

        var answer = MllpAnswer.Read(frame, time.GetElapsedTime(waiting.SentAt))
            ?? throw new IOException("The partner sent a frame that is no acknowledgement.");

        // A receiver that could not read the header leaves MSA-2 empty; in order, it can only mean the oldest.
        if (answer.ControlId.Length > 0 && answer.ControlId != waiting.ControlId)
        {
            throw new IOException("The partner acknowledged another message than the one that was due.");
        }

        lock (this.waiting)
        {
            this.waiting.Dequeue();
        }

        waiting.Answer.TrySetResult(answer);
    }

    private void BreakWhenLate()
    {
        lock (waiting)
        {
            if (!waiting.TryPeek(out var oldest) || this.time.GetElapsedTime(oldest.SentAt) < options.AnswerTimeout)
            {
                return;
            }
        }

        Break(new IOException("The partner did not answer in time."));
    }

    private void Break(IOException failure)
    {
        Waiting[] unanswered;
        lock (this.waiting)
        {
            broken ??= failure;
            unanswered = [.. this.waiting];
            this.waiting.Clear();
        }

        stream.Close();
        foreach (var waiting in unanswered)
        {
            waiting.Answer.TrySetException(new IOException(failure.Message, failure));
        }
    }

    /// <summary>MSH-10 as it stands.</summary>
    private static string ControlIdOf(ReadOnlySpan<byte> message)
    {
        var end = message.IndexOfAny((byte)'\r', (byte)'\n');
        var line = end < 0 ? message : message[..end];
        if (line.Length < 4)
        {
            return string.Empty;
        }

        var separator = line[3];
        for (var field = 1; field < 10; field++)
        {
            var next = line.IndexOf(separator);
            if (next < 0)
            {
                return string.Empty;
            }

            line = line[(next + 1)..];
        }

        end = line.IndexOf(separator);
        return System.Text.Encoding.Latin1.GetString(end < 0 ? line : line[..end]);
    }

    /// <summary>A frame sent and not yet answered.</summary>
    private sealed class Waiting(string controlId, bool isPipelined)
    {
        public string ControlId { get; } = controlId;

        public long SentAt { get; set; }

        /// <summary>
        /// Alone on the connection, the sender may go on in the receiver's place and save a hop; with others waiting
        /// behind it, it may not hold them up.
        /// </summary>
        public TaskCompletionSource<MllpAnswer> Answer { get; } =
            new(isPipelined ? TaskCreationOptions.RunContinuationsAsynchronously : TaskCreationOptions.None);
    }
}
