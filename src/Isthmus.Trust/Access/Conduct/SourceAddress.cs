using System.Net;
using System.Net.Sockets;

namespace Isthmus.Trust.Access.Conduct;

/// <summary>Where requests come from, as it is counted: of an IPv6 address the first 64 bits, since whoever has one has all of the rest.</summary>
public static class SourceAddress
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
