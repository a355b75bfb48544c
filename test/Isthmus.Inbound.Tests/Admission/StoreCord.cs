using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Isthmus.Store.Connections;
using Isthmus.Testing;
using Npgsql;

namespace Isthmus.Inbound.Tests.Admission;

/// <summary>A node's way to the database, which a test can cut and mend: a TCP proxy before the server's socket.</summary>
internal sealed class StoreCord : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly string socket;
    private readonly ConcurrentDictionary<Socket, byte> open = new();
    private readonly Task accepting;
    private volatile bool isCut;

    private StoreCord(string socket)
    {
        this.socket = socket;
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>The database as the node behind the cord reaches it.</summary>
    public StoreAccess Access { get; private set; } = null!;

    public static StoreCord To(TestStore store)
    {
        var direct = new NpgsqlConnectionStringBuilder(store.OwnerAddress);
        var cord = new StoreCord(Path.Combine(direct.Host!, $".s.PGSQL.{direct.Port}"));
        direct.Host = IPAddress.Loopback.ToString();
        direct.Port = ((IPEndPoint)cord.listener.LocalEndpoint).Port;
        cord.Access = StoreAccess.Open(direct.ConnectionString, store.Credentials, ZoneRole.Admission);
        return cord;
    }

    /// <summary>Ends every connection, and lets none through until mended.</summary>
    public void Cut()
    {
        isCut = true;
        foreach (var one in open.Keys)
        {
            one.Dispose();
        }
    }

    public void Mend() => isCut = false;

    public async ValueTask DisposeAsync()
    {
        await Access.DisposeAsync();
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
                var client = await listener.AcceptSocketAsync();
                if (isCut)
                {
                    client.Dispose();
                }
                else
                {
                    _ = CarryAsync(client);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task CarryAsync(Socket client)
    {
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        open[client] = 0;
        open[server] = 0;
        try
        {
            await server.ConnectAsync(new UnixDomainSocketEndPoint(socket));
            await using var near = new NetworkStream(client);
            await using var far = new NetworkStream(server);
            await Task.WhenAny(near.CopyToAsync(far), far.CopyToAsync(near));
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
        {
            // Cut, or one end went away.
        }
        finally
        {
            open.TryRemove(client, out _);
            open.TryRemove(server, out _);
            client.Dispose();
        }
    }
}
