using System.Net;
using Isthmus.Exchange.Contracts;
using Isthmus.Trust.Keys;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Isthmus.Inbound.Listeners.Http;

/// <summary>
/// The doors that the site in force names, opened and closed as it changes: none while it has no <c>access</c>. An address that is taken
/// may become free, as when another node of this machine ends, so it is tried again.
/// </summary>
public sealed class FrontDoors : IAsyncDisposable
{
    private readonly Func<SiteModel> site;
    private readonly TimeProvider time;
    private readonly OpenListeners listeners;

    /// <summary>Takes the addresses; requests are answered once <see cref="RunAsync"/> runs.</summary>
    /// <param name="answer">Answers each request.</param>
    public FrontDoors(Func<SiteModel> site, KeySource keys, RequestDelegate answer, TimeProvider time, ILoggerFactory loggers)
    {
        (this.site, this.time) = (site, time);
        listeners = new OpenListeners(
            settings => new FrontDoor(settings, () => site().Access?.Proxies ?? [], keys, answer, time, loggers), loggers.CreateLogger<FrontDoors>());
        listeners.TryOpen(Wanted().Values);
    }

    /// <summary>Where those that are open listen.</summary>
    public IReadOnlyDictionary<string, IPEndPoint> Endpoints => listeners.Endpoints;

    /// <summary>Answers at the doors of the site in force until cancelled, and then what was begun.</summary>
    public Task RunAsync(CancellationToken draining) => listeners.RunAsync(Wanted, time, draining);

    public ValueTask DisposeAsync() => listeners.DisposeAsync();

    private Dictionary<string, ListenerSettings> Wanted()
    {
        var now = site();
        return now.Listeners.Where(l => now.Access is not null && l.Value.Kind == ListenerKind.Api).ToDictionary(StringComparer.Ordinal);
    }
}
