using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Isthmus.Trust.Tokens.Jose;

namespace Isthmus.Trust.Tokens.Remote;

/// <summary>What came of a fetch.</summary>
/// <param name="Set">Null when it failed.</param>
/// <param name="MayBeKept">As long as the other side says, within bounds of ours.</param>
internal readonly record struct Fetched(KeySet? Set, TimeSpan MayBeKept);

/// <summary>
/// Gets a key set from a URL that somebody else chose: one GET, to a public address, with small bounds on time and size, following
/// nothing it is told.
/// </summary>
internal sealed class KeySetFetch : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan KeptUnlessTold = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan KeptAtMost = TimeSpan.FromHours(24);

    private readonly HttpClient http;

    /// <param name="loopbackToo">Whether this machine itself may be asked.</param>
    public KeySetFetch(bool loopbackToo)
    {
        http = new HttpClient(new SocketsHttpHandler
        {
            // A redirect is another URL, and one that nobody registered.
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = Patience,
            MaxResponseHeadersLength = 16,
            MaxConnectionsPerServer = 2,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            SslOptions = { EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 },
            ConnectCallback = (context, cancellation) => ConnectAsync(context.DnsEndPoint, loopbackToo, cancellation),
        })
        {
            Timeout = Patience,
            MaxResponseContentBufferSize = KeySet.MostBytes,
        };
    }

    public async Task<Fetched> GetAsync(Uri url)
    {
        try
        {
            using var response = await http.GetAsync(url, HttpCompletionOption.ResponseContentRead);
            if (response.StatusCode != HttpStatusCode.OK
                || !KeySet.TryRead(await response.Content.ReadAsByteArrayAsync(), out var set, out _))
            {
                return default;
            }

            var control = response.Headers.CacheControl;
            var kept = control is { NoStore: true } or { NoCache: true } ? TimeSpan.Zero : control?.MaxAge ?? KeptUnlessTold;
            return new Fetched(set, TimeSpan.FromTicks(Math.Clamp(kept.Ticks - (response.Headers.Age ?? TimeSpan.Zero).Ticks, 0, KeptAtMost.Ticks)));
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            return default;
        }
    }

    public void Dispose() => http.Dispose();

    /// <summary>The name is resolved once and the address that was looked at is the one connected to, so that it cannot change in between.</summary>
    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint host, bool loopbackToo, CancellationToken cancellation)
    {
        var addresses = await Dns.GetHostAddressesAsync(host.Host, cancellation);
        if (addresses.Length == 0 || !Array.TrueForAll(addresses, address => PublicAddress.IsAllowed(address, loopbackToo)))
        {
            throw new HttpRequestException("The host has an address that is not asked.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, host.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
