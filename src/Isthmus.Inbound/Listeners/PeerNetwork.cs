using System.Net;
using System.Net.Sockets;

namespace Isthmus.Inbound.Listeners;

/// <summary>
/// By what a stranger is told from another: an IPv4 address, or of an IPv6 address the first 64 bits, since whoever has one has all of the
/// rest.
/// </summary>
internal static class PeerNetwork
{
    public static IPAddress Of(IPAddress? address)
    {
        if (address is null)
        {
            return IPAddress.None;
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6 || address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
