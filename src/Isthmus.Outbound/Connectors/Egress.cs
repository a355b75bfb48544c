using System.Net;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;

namespace Isthmus.Outbound.Connectors;

/// <summary>The only way out: pooled connections to a destination's configured addresses, encrypted unless they stay on this machine.</summary>
internal static class Egress
{
    public const string TlsRequired = "outbound.tls-required";
    public const string AddressIncomplete = "outbound.address-incomplete";

    private static readonly TimeSpan ConnectionLife = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ConnectionIdle = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestConnect = TimeSpan.FromSeconds(10);

    /// <summary>What forbids to send to a destination as configured, or null.</summary>
    public static Refusal? Objection(DestinationSettings destination) =>
        Objection(destination.BaseUrl) ?? (destination.TokenUrl is { } token ? Objection(token) : null);

    /// <summary>A handler that follows no redirect and no proxy of the environment: it reaches what it is given and nothing else.</summary>
    public static HttpMessageInvoker Open(DestinationSettings destination) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        MaxConnectionsPerServer = destination.Concurrency + 1,
        PooledConnectionLifetime = ConnectionLife,
        PooledConnectionIdleTimeout = ConnectionIdle,
        ConnectTimeout = destination.Timeout < LongestConnect ? destination.Timeout : LongestConnect,
        AutomaticDecompression = DecompressionMethods.All,
    });

    private static Refusal? Objection(Uri address) => address switch
    {
        { IsAbsoluteUri: false } => new Refusal(AddressIncomplete, "A destination's address is absolute, with scheme and host.", FailureDomain.Edge),
        { Scheme: "https" or "mllps" } => null,
        { Scheme: "http" or "mllp", IsLoopback: true } => null,
        _ => new Refusal(TlsRequired, "A destination off this machine is reached by https or mllps only.", FailureDomain.Edge),
    };
}
