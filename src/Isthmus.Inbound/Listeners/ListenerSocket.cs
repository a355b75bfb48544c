using System.Net;
using System.Net.Sockets;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;

namespace Isthmus.Inbound.Listeners;

/// <summary>The socket on which a listener is reached, whatever it speaks.</summary>
internal static class ListenerSocket
{
    /// <summary>A node drains within 30 seconds in all, and what lies behind the edge needs its share.</summary>
    public static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(10);

    private const int Backlog = 512;

    /// <exception cref="RefusalException">The address is taken, or not this machine's; under <paramref name="rule"/>.</exception>
    public static Socket Open(ListenerSettings settings, string rule)
    {
        var listening = new Socket(settings.Bind.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listening.Bind(new IPEndPoint(settings.Bind, settings.Port));
            listening.Listen(Backlog);
            return listening;
        }
        catch (SocketException e)
        {
            listening.Dispose();
            throw new RefusalException(new Refusal(
                rule,
                $"Listener {settings.Name} cannot listen on {settings.Bind}:{settings.Port} ({e.SocketErrorCode}). Free the address, or name another in isthmus.yaml.",
                FailureDomain.Edge));
        }
    }
}
