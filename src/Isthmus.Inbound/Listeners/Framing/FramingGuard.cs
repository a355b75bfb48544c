using Isthmus.Exchange;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Isthmus.Inbound.Listeners.Framing;

/// <summary>
/// Stands between TLS and the server on every connection that speaks HTTP/1.1. It follows the framing of each request before the server
/// does, hands on what every reader would read in the same way, and answers the rest itself and closes.
/// </summary>
/// <param name="refused">Told of each refusal.</param>
internal sealed class FramingGuard(FramingLimits limits, Action<Refusal> refused, TimeProvider time)
{
    public async Task GuardAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var transport = connection.Transport;
        using var guarded = new GuardedConnection(transport, limits, refused, time);
        connection.Transport = guarded;
        connection.Features.Set(guarded);

        // The server keeps these calls as long as the connection; about one a second.
        connection.Features.Get<IConnectionHeartbeatFeature>()?.OnHeartbeat(static state => ((GuardedConnection)state).CheckTime(), guarded);
        try
        {
            await next(connection);
            await guarded.LingerAsync();
        }
        finally
        {
            connection.Transport = transport;
        }
    }
}
