using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Isthmus.Testing;

/// <summary>
/// One node's way to the database, which a test can cut, stall and mend: a TCP proxy before the server's socket. A cut is what a process
/// or a firewall does that says no; a stall is a network that swallows everything and says nothing, so that nobody learns of it.
/// </summary>
public sealed class StoreCord : IAsyncDisposable
{
    private const int BufferBytes = 64 * 1024;

    private static readonly LingerOption Reset = new(true, 0);

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly UnixDomainSocketEndPoint server;
    private readonly ConcurrentDictionary<Connection, byte> open = new();
    private readonly Task accepting;
    private volatile bool isCut;
    private volatile TaskCompletionSource passing = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="address">A connection string of a server that listens on a socket file.</param>
    public StoreCord(string address)
    {
        var direct = new NpgsqlConnectionStringBuilder(address);
        server = new UnixDomainSocketEndPoint(Path.Combine(direct.Host!, $".s.PGSQL.{direct.Port}"));
        passing.SetResult();
        listener.Start();
        direct.Host = IPAddress.Loopback.ToString();
        direct.Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Address = direct.ConnectionString;
        accepting = AcceptAsync();
    }

    /// <summary>The database as the node behind the cord reaches it.</summary>
    public string Address { get; }

    /// <summary>Resets every connection, and lets none through until mended.</summary>
    public void Cut()
    {
        isCut = true;
        foreach (var one in open.Keys)
        {
            one.End();
        }
    }

    /// <summary>Takes connections and bytes, and hands nothing on, in neither direction: no answer, no end, no error.</summary>
    public void Stall()
    {
        if (passing.Task.IsCompleted)
        {
            passing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Lets everything through again; what was held arrives late.</summary>
    public void Mend()
    {
        isCut = false;
        passing.TrySetResult();
    }

    /// <summary>Lets new connections through; those that stand stay silent for ever, as behind a firewall that has forgotten them.</summary>
    public void MendForNewcomers()
    {
        foreach (var one in open.Keys)
        {
            one.IsForgotten = true;
        }

        Mend();
    }

    public async ValueTask DisposeAsync()
    {
        Cut();
        listener.Stop();
        await accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = new Connection(await listener.AcceptSocketAsync());
                if (isCut)
                {
                    connection.End();
                }
                else
                {
                    open[connection] = 0;
                    _ = CarryAsync(connection);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task CarryAsync(Connection connection)
    {
        try
        {
            await passing.Task;
            await connection.Far.ConnectAsync(server);
            await Task.WhenAny(PumpAsync(connection, connection.Near, connection.Far), PumpAsync(connection, connection.Far, connection.Near));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut while it was being made.
        }
        finally
        {
            open.TryRemove(connection, out _);
            connection.End();
        }
    }

    private async Task PumpAsync(Connection connection, Socket from, Socket to)
    {
        var buffer = new byte[BufferBytes];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var read)
            {
                await passing.Task;
                if (connection.IsForgotten)
                {
                    await connection.Ended;
                    return;
                }

                for (var sent = 0; sent < read;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent));
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut, or one end went away.
        }
    }

    private sealed class Connection(Socket near)
    {
        private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Socket Near => near;

        public Socket Far { get; } = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

        public volatile bool IsForgotten;

        public Task Ended => ended.Task;

        public void End()
        {
            try
            {
                near.LingerState = Reset;
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Ended already.
            }

            near.Dispose();
            Far.Dispose();
            ended.TrySetResult();
        }
    }
}
