using System.Net;

namespace Isthmus.Inbound.Listeners;

/// <summary>Takes messages in at one address by one protocol. It listens once made and answers once it runs.</summary>
internal interface Listener : IAsyncDisposable
{
    /// <summary>The name in <c>isthmus.yaml</c>.</summary>
    string Name { get; }

    /// <summary>Where it listens; the real port where the settings say 0.</summary>
    IPEndPoint Endpoint { get; }

    /// <summary>Accepts until cancelled, then answers what was taken in.</summary>
    Task RunAsync(CancellationToken draining);
}
