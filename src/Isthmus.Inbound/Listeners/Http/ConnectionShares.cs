using System.Collections.Concurrent;
using System.Net;
using Isthmus.Trust.Access.Conduct;

namespace Isthmus.Inbound.Listeners.Http;

/// <summary>How many connections each address holds, and whether it may have one more. Nothing is kept of an address that holds none.</summary>
/// <param name="most">For each.</param>
/// <param name="isExempt">Who may hold any number: a proxy, which brings everybody.</param>
internal sealed class ConnectionShares(int most, Func<IPAddress, bool> isExempt)
{
    private readonly ConcurrentDictionary<IPAddress, int> held = new();

    /// <summary>False where the address holds all that one may; what is taken must be returned.</summary>
    public bool TryTake(IPAddress? address)
    {
        if (address is not null && isExempt(address))
        {
            return true;
        }

        var peer = SourceAddress.Of(address);
        if (held.AddOrUpdate(peer, 1, static (_, count) => count + 1) <= most)
        {
            return true;
        }

        Return(address);
        return false;
    }

    public void Return(IPAddress? address)
    {
        if (address is not null && isExempt(address))
        {
            return;
        }

        var peer = SourceAddress.Of(address);
        var left = held.AddOrUpdate(peer, 0, static (_, count) => count - 1);
        if (left == 0)
        {
            // Only if it still is none: another may have come meanwhile.
            held.TryRemove(new KeyValuePair<IPAddress, int>(peer, 0));
        }
    }
}
