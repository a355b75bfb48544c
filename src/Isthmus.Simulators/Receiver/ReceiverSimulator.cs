using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Isthmus.Simulators.Serving;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Simulators.Receiver;

/// <summary>
/// A stand-in for a hospital system that takes HL7 v2 over MLLP: durable, counting the effects of every message per business key,
/// answering in original or enhanced mode as the message asks, misbehaving on demand.
/// </summary>
public sealed class ReceiverSimulator : IAsyncDisposable
{
    private readonly Counterpart counterpart;
    private readonly ReceiverOptions options;
    private readonly Socket listening = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource closing = new();
    private readonly ConcurrentDictionary<Socket, Task> connections = new();
    private readonly Task accepting;

    private ReceiverSimulator(Counterpart counterpart, ReceiverOptions options)
    {
        this.counterpart = counterpart;
        this.options = options;
        listening.Bind(new IPEndPoint(IPAddress.Loopback, options.MllpPort));
        listening.Listen();
        accepting = AcceptAsync();
    }

    /// <summary>Scheme, host and port of its pages.</summary>
    public Uri Address => counterpart.Address;

    public int MllpPort => ((IPEndPoint)listening.LocalEndPoint!).Port;

    /// <summary>Connections taken so far, those that have ended included.</summary>
    public int Connections { get; private set; }

    /// <summary>Starts it; it answers once this returns.</summary>
    public static async Task<ReceiverSimulator> StartAsync(ReceiverOptions options, CancellationToken cancel)
    {
        var counterpart = await Counterpart.StartAsync(options, _ => NothingElse, cancel);
        try
        {
            return new ReceiverSimulator(counterpart, options);
        }
        catch
        {
            await counterpart.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        listening.Dispose();
        await accepting;
        foreach (var connection in connections.Keys)
        {
            connection.Close(timeout: 0);
        }

        await Task.WhenAll(connections.Values);
        await counterpart.DisposeAsync();
        closing.Dispose();
    }

    private static Task NothingElse(HttpContext call) =>
        Answers.JsonAsync(call, new { error = "Messages come over MLLP." }, StatusCodes.Status404NotFound);

    private async Task AcceptAsync()
    {
        while (!closing.IsCancellationRequested)
        {
            try
            {
                var socket = await listening.AcceptAsync(closing.Token);
                Connections++;
                connections[socket] = Task.Run(() => ServeAsync(socket));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // Closing, or a peer that went away.
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (options.Tls is { } tls)
            {
                var secured = new SslStream(stream);
                stream = secured;
                await secured.AuthenticateAsServerAsync(tls, closing.Token);
            }

            await using (stream)
            {
                await new ReceivingConnection(socket, stream, counterpart, options).ServeAsync(closing.Token);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException or AuthenticationException)
        {
            // The peer went away, or we close.
        }
        finally
        {
            socket.Dispose();
            connections.TryRemove(socket, out _);
        }
    }
}
