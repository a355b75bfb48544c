using System.Net;
using System.Net.Sockets;

namespace Isthmus.Trust.Tokens.Remote;

/// <summary>
/// Which addresses a URL that somebody else chose may lead to: those of the public Internet. Anything else is a way for a stranger to
/// have us ask our own network.
/// </summary>
public static class PublicAddress
{
    /// <summary>IANA's special-purpose registries for IPv4 and IPv6 (RFC 6890), and what is embedded in them.</summary>
    private static readonly IPNetwork[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        }.Select(network => IPNetwork.Parse(network)),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    /// <param name="loopbackToo">Off production: a trial's partners run on the same machine.</param>
    public static bool IsAllowed(IPAddress address, bool loopbackToo)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        if (IPAddress.IsLoopback(address))
        {
            return loopbackToo;
        }

        return !Array.Exists(Special, network => network.Contains(address))
            && (address.AddressFamily == AddressFamily.InterNetwork || GlobalUnicast.Contains(address));
    }
}
