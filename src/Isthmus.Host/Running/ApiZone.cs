using System.Net;
using System.Reflection;
using Isthmus.Api.Fhir;
using Isthmus.Api.OAuth;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Inbound.Admission;
using Isthmus.Inbound.Listeners.Http;
using Isthmus.Store.Connections;
using Isthmus.Trust.Access.Idempotency;
using Isthmus.Trust.Access.State;
using Isthmus.Trust.Keys;
using Isthmus.Trust.Tokens;
using Isthmus.Trust.Tokens.Remote;
using Microsoft.Extensions.Logging;

namespace Isthmus.Host.Running;

/// <summary>
/// The door for third parties and what stands behind it, composed: the front door and the admission of Inbound, the authorization
/// server of Trust, and the faces of both that Api has. A site without <c>access</c>, or without a listener of kind <c>api</c>, lets nobody in.
/// </summary>
internal sealed partial class ApiZone : IAsyncDisposable
{
    /// <summary>An address that is taken may become free, as when another node of this machine ends.</summary>
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(5);

    /// <summary>Without the commit: whoever has no token need not know which faults of which day are still in it.</summary>
    private static readonly string Version =
        typeof(ApiZone).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    private readonly StoreAccess store;
    private readonly KeySource keys;
    private readonly Func<SiteModel> site;
    private readonly TimeProvider time;
    private readonly ILoggerFactory loggers;
    private readonly ILogger logger;
    private readonly List<FrontDoor> doors = [];
    private AdmissionPath? admission;

    /// <summary>Takes the addresses; requests are answered once <see cref="RunAsync"/> runs.</summary>
    public ApiZone(StoreAccess store, KeySource keys, Func<SiteModel> site, TimeProvider time, ILoggerFactory loggers)
    {
        (this.store, this.keys, this.site, this.time, this.loggers) = (store, keys, site, time, loggers);
        logger = loggers.CreateLogger<ApiZone>();
        TryOpen();
    }

    /// <summary>Where the doors are.</summary>
    public IReadOnlyDictionary<string, IPEndPoint> Endpoints => doors.ToDictionary(d => d.Name, d => d.Endpoint, StringComparer.Ordinal);

    public async Task RunAsync(CancellationToken draining)
    {
        if (site().Access is null)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, draining).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        await using var watch = await AccessWatch.StartAsync(store.For(ZoneRole.Admission), time, logger, draining);
        using var remote = new RemoteKeySets(time);
        await using var check = new AccessTokenCheck(site, watch, store.For(ZoneRole.Admission), remote, time);
        await using var server = await AuthorizationServer.OpenAsync(
            site, watch, store.For(ZoneRole.Tokens), keys, remote, check, time, loggers.CreateLogger<AuthorizationServer>(), draining);
        await using var path = new AdmissionPath(
            DoorRoutes.Of(
                new OAuthRoutes(server, site, time),
                new FhirRoutes(store.For(ZoneRole.Api), keys, site, Version, time)),
            check.CheckAsync, site, watch, store.For(ZoneRole.Admission), new AnswerCipher(keys.Secret(AdmissionPath.AnswersKeyFile)), time, loggers);
        admission = path;
        while (!TryOpen())
        {
            await Task.Delay(TryAgain, time, draining).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (draining.IsCancellationRequested)
            {
                return;
            }
        }

        await Task.WhenAll([.. doors.Select(d => d.RunAsync(draining)), path.RunAsync(draining), server.RunAsync(draining)]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var door in doors)
        {
            await door.DisposeAsync();
        }
    }

    /// <summary>True when every door is open.</summary>
    private bool TryOpen()
    {
        var now = site();
        foreach (var settings in now.Listeners.Values.Where(l => l.Kind == ListenerKind.Api && now.Access is not null && !doors.Exists(d => d.Name == l.Name)))
        {
            try
            {
                doors.Add(new FrontDoor(settings, now.Access!.Proxies, keys, call => admission!.AnswerAsync(call), time, loggers));
            }
            catch (RefusalException taken)
            {
                LogTaken(logger, taken.Message);
                return false;
            }
        }

        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The door stays closed for now: {Reason}")]
    private static partial void LogTaken(ILogger logger, string reason);
}
