using System.Net;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Inbound.Listeners.Http;

/// <summary>
/// What forwarding headers say is heeded when a configured proxy says it, and taken away in any case: nobody behind reads a header that
/// a client may have written. Of them only the address and the scheme are heeded; host and path are what the request itself says.
/// </summary>
internal sealed class ForwardedBy(Func<IReadOnlyList<IPNetwork>> proxies)
{
    private const string For = "X-Forwarded-For";
    private const string Proto = "X-Forwarded-Proto";

    private static readonly string[] Claims =
    [
        For, Proto, "Forwarded", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Forwarded-Server", "X-Forwarded-Scheme",
        "X-Forwarded-Ssl", "X-Forwarded-Client-Cert", "X-Real-IP", "X-Client-IP", "X-Client-Cert", "X-Cluster-Client-IP", "True-Client-IP",
        "CF-Connecting-IP", "X-Original-URL", "X-Original-Host", "X-Original-For", "X-Original-Proto", "X-Rewrite-URL",
        "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override",
    ];

    public void Heed(HttpContext call)
    {
        var headers = call.Request.Headers;
        if (call.Connection.RemoteIpAddress is { } peer && IsProxy(peer))
        {
            call.Connection.RemoteIpAddress = ClientOf(headers[For].ToString(), peer);
            if (headers[Proto].ToString() is ("https" or "http") and var scheme)
            {
                call.Request.Scheme = scheme;
            }
        }

        foreach (var claim in Claims)
        {
            headers.Remove(claim);
        }
    }

    /// <summary>Each proxy adds whom it heard at the end: the last address that is no proxy of ours is the client's.</summary>
    private IPAddress ClientOf(ReadOnlySpan<char> chain, IPAddress peer)
    {
        var client = peer;
        while (!chain.IsEmpty && IsProxy(client))
        {
            var comma = chain.LastIndexOf(',');
            if (!IPAddress.TryParse(chain[(comma + 1)..].Trim(), out var before))
            {
                break; // what is left of it is nobody's word
            }

            client = before;
            chain = comma < 0 ? [] : chain[..comma];
        }

        return client;
    }

    /// <summary>Whether it is one of the configured proxies, however its address is written.</summary>
    public bool IsProxy(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (var proxy in proxies())
        {
            if (proxy.Contains(plain))
            {
                return true;
            }
        }

        return false;
    }
}
