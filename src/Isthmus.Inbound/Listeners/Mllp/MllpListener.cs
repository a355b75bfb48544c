using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Isthmus.Exchange.Contracts;
using Isthmus.Inbound.Receiving;
using Isthmus.Trust.Keys;
using Microsoft.Extensions.Logging;

namespace Isthmus.Inbound.Listeners.Mllp;

/// <summary>Listens for MLLP senders on one address and serves each on its own connection.</summary>
internal sealed partial class MllpListener : Listener
{

    /// <summary>When the machine has no more sockets, asking again at once only burns the processor.</summary>
    private static readonly TimeSpan AcceptAgainAfter = TimeSpan.FromMilliseconds(100);

    private readonly ListenerSettings settings;
    private readonly ListenerTls? tls;
    private readonly ReceptionDesk desk;
    private readonly ClosureLog closures;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Socket listening;
    private readonly FrameMemory memory;
    private readonly ConcurrentDictionary<MllpConnection, Task> connections = new();
    private int open;

    public MllpListener(ListenerSettings settings, KeySource keys, ReceptionDesk desk, InboundMeter meter, TimeProvider time, ILogger logger)
    {
        this.settings = settings;
        tls = settings.Tls is { } secured ? new ListenerTls(secured, keys, time) : null;
        this.desk = desk;
        closures = new ClosureLog(settings.Name, meter, time, logger);
        this.time = time;
        this.logger = logger;
        memory = new FrameMemory(settings.Limits.MemoryBytes);
        listening = ListenerSocket.Open(settings, MllpRules.CannotListen);
        Endpoint = (IPEndPoint)listening.LocalEndPoint!;
    }

    /// <summary>Where it listens; the real port where the settings say 0.</summary>
    public IPEndPoint Endpoint { get; }

    public string Name => settings.Name;

    /// <summary>Accepts until cancelled, then lets every connection answer the frames that were taken in.</summary>
    public async Task RunAsync(CancellationToken draining)
    {
        using var drained = new CancellationTokenSource();
        var pacing = CheckPaceAsync(drained.Token);
        try
        {
            while (true)
            {
                await AcceptOneAsync(draining);
            }
        }
        catch (OperationCanceledException)
        {
            // Draining: no more connections.
        }

        listening.Close();
        await AnswerWhatIsOwedAsync();
        await drained.CancelAsync();
        await pacing;
    }

    public async ValueTask DisposeAsync()
    {
        listening.Dispose();
        await Task.WhenAll(connections.Values);
        closures.Dispose();
    }

    private async Task AcceptOneAsync(CancellationToken draining)
    {
        Socket socket;
        try
        {
            socket = await listening.AcceptAsync(draining);
        }
        catch (SocketException e)
        {
            // The peer went away before it was accepted, or this machine is out of sockets: the others go on.
            LogNotAccepted(logger, settings.Name, e.SocketErrorCode);
            await Task.Delay(AcceptAgainAfter, time, draining);
            return;
        }

        if (Interlocked.Increment(ref open) > settings.Limits.MaxConnections)
        {
            Interlocked.Decrement(ref open);
            closures.Closed(MllpRules.TooManyConnections);
            socket.Close(timeout: 0);
            return;
        }

        socket.NoDelay = true;
        _ = ServeAsync(socket, draining);
    }

    private async Task AnswerWhatIsOwedAsync()
    {
        var answered = Task.WhenAll(connections.Values);
        if (await Task.WhenAny(answered, Task.Delay(ListenerSocket.DrainLimit, time)) != answered)
        {
            foreach (var connection in connections.Keys)
            {
                connection.Close(MllpRules.Drained);
            }
        }

        await answered;
    }

    private async Task ServeAsync(Socket socket, CancellationToken draining)
    {
        try
        {
            if (await SecureAsync(socket) is { } stream)
            {
                await ServeAsync(socket, stream, draining);
            }
        }
        finally
        {
            Interlocked.Decrement(ref open);
        }
    }

    private async Task ServeAsync(Socket socket, Stream stream, CancellationToken draining)
    {
        await using var connection = new MllpConnection(socket, stream, desk, settings, memory, time);
        var serving = connection.ServeAsync(draining);
        connections[connection] = serving;
        try
        {
            if (await serving is { } rule)
            {
                closures.Closed(rule);
            }
        }
        finally
        {
            connections.TryRemove(connection, out _);
        }
    }

    private async Task<Stream?> SecureAsync(Socket socket)
    {
        var plain = new NetworkStream(socket, ownsSocket: true);
        if (tls is null)
        {
            return plain;
        }

        var secure = new SslStream(plain);
        using var limit = new CancellationTokenSource(ListenerTls.HandshakeLimit, time);
        try
        {
            await secure.AuthenticateAsServerAsync(tls.Options(), limit.Token);
            return secure;
        }
        catch (Exception e) when (e is AuthenticationException or IOException or OperationCanceledException
            or CryptographicException or KeyMissingException)
        {
            // The peer's fault or our certificate's: either way nothing is said in the clear.
            closures.Closed(MllpRules.TlsFailed);
            await secure.DisposeAsync();
            return null;
        }
    }

    private async Task CheckPaceAsync(CancellationToken drained)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        try
        {
            while (await timer.WaitForNextTickAsync(drained))
            {
                foreach (var connection in connections.Keys)
                {
                    connection.CheckPace();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody is left to be too slow.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Listener {Listener} could not accept a connection: {Error}")]
    private static partial void LogNotAccepted(ILogger logger, string listener, SocketError error);
}
