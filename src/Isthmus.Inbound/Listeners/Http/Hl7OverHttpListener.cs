using System.Net;
using Isthmus.Exchange.Contracts;
using Isthmus.Inbound.Listeners.Framing;
using Isthmus.Inbound.Receiving;
using Isthmus.Trust.Keys;
using Microsoft.Extensions.Logging;

namespace Isthmus.Inbound.Listeners.Http;

/// <summary>Listens for HL7 over HTTP, with limits as tight as a message allows. Requests go to one <see cref="MessageEndpoint"/>.</summary>
internal sealed class Hl7OverHttpListener : Listener
{
    /// <summary>
    /// A sender's headers are few: content type, length, host, credentials, trace. The endpoint bounds the body itself, so that even one
    /// that turns out too large is acknowledged with its control id.
    /// </summary>
    private static readonly FramingLimits Limits = new() { RequestLineBytes = 2 * 1024, HeaderBytes = 16 * 1024, Headers = 48 };

    private readonly StrictServer server;

    public Hl7OverHttpListener(ListenerSettings settings, KeySource keys, ReceptionDesk desk, InboundMeter meter, TimeProvider time, ILogger logger)
    {
        Name = settings.Name;
        var endpoint = new MessageEndpoint(settings, desk, new FrameMemory(settings.Limits.MemoryBytes), meter, time);
        server = new StrictServer(settings, Limits, keys, endpoint.AnswerAsync, meter, time, logger);
    }

    public string Name { get; }

    public IPEndPoint Endpoint => server.Endpoint;

    public Task RunAsync(CancellationToken draining) => server.RunAsync(draining);

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
