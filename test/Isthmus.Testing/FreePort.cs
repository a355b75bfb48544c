using System.Net;
using System.Net.Sockets;

namespace Isthmus.Testing;

/// <summary>Ports on loopback that nobody listens on. The kernel does not give one out again soon.</summary>
public static class FreePort
{
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
