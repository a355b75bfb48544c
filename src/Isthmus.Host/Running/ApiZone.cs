using System.Net;
using System.Reflection;
using Isthmus.Api.Fhir;
using Isthmus.Api.OAuth;
using Isthmus.Exchange.Contracts;
using Isthmus.Inbound;
using Isthmus.Inbound.Admission;
using Isthmus.Inbound.Listeners.Http;
using Isthmus.Store.Connections;
using Isthmus.Trust.Access.Conduct;
using Isthmus.Trust.Access.Idempotency;
using Isthmus.Trust.Access.State;
using Isthmus.Trust.Keys;
using Isthmus.Trust.Tokens;
using Isthmus.Trust.Tokens.Remote;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Isthmus.Host.Running;

/// <summary>
/// The door for third parties and what stands behind it, composed: the front doors, the admission and the feeds of Inbound, the
/// authorization server of Trust, and the faces of both that Api has. While the site in force has no <c>access</c>, or no listener of
/// kind <c>api</c>, nobody is let in; once it has, the doors open without a restart.
/// </summary>
internal sealed partial class ApiZone : IAsyncDisposable
{
    /// <summary>As often as a node looks whether another site is in force.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    /// <summary>Without the commit: whoever has no token need not know which faults of which day are still in it.</summary>
    private static readonly string Version =
        typeof(ApiZone).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    private readonly StoreAccess store;
    private readonly KeySource keys;
    private readonly Func<SiteModel> site;
    private readonly string? watchedFolder;
    private readonly TimeProvider time;
    private readonly ILoggerFactory loggers;
    private readonly ILogger logger;
    private readonly FrontDoors doors;
    private AdmissionPath? admission;
    private SiteModel? lastWithAccess;

    /// <summary>Takes the addresses; requests are answered once <see cref="RunAsync"/> runs.</summary>
    /// <param name="watchedFolder">Where PostgreSQL's data lies, if on this machine.</param>
    public ApiZone(StoreAccess store, KeySource keys, Func<SiteModel> site, string? watchedFolder, TimeProvider time, ILoggerFactory loggers)
    {
        (this.store, this.keys, this.site, this.watchedFolder, this.time, this.loggers) = (store, keys, site, watchedFolder, time, loggers);
        logger = loggers.CreateLogger<ApiZone>();
        doors = new FrontDoors(site, keys, AnswerAsync, time, loggers);
    }

    /// <summary>Where the doors are.</summary>
    public IReadOnlyDictionary<string, IPEndPoint> Endpoints => doors.Endpoints;

    public async Task RunAsync(CancellationToken draining)
    {
        if (site().Access is null && !await UntilAccessAsync(draining))
        {
            return;
        }

        await using var watch = await AccessWatch.StartAsync(store.For(ZoneRole.Admission), time, logger, draining);
        using var remote = new RemoteKeySets(time);
        await using var check = new AccessTokenCheck(SiteWithAccess, watch, store.For(ZoneRole.Admission), remote, time);
        await using var conduct = new ConductTally(store.For(ZoneRole.Tokens), SiteWithAccess, time, loggers.CreateLogger<ConductTally>());
        await using var server = await AuthorizationServer.OpenAsync(
            SiteWithAccess, watch, store.For(ZoneRole.Tokens), keys, remote, check, conduct, time,
            loggers.CreateLogger<AuthorizationServer>(), draining);
        await using var feeds = new FeedDoor(store, keys, SiteWithAccess, watch, watchedFolder, time, loggers);
        await using var fhir = new FhirRoutes(store.For(ZoneRole.Api), keys, SiteWithAccess, Version, time);
        await using var path = new AdmissionPath(
            DoorRoutes.Of(
                new OAuthRoutes(server, SiteWithAccess, time),
                fhir,
                feeds),
            check.CheckAsync, SiteWithAccess, watch, store.For(ZoneRole.Admission), new AnswerCipher(keys.Secret(AdmissionPath.AnswersKeyFile)), time, loggers)
        {
            Conduct = conduct,
        };
        admission = path;
        await Task.WhenAll(doors.RunAsync(draining), path.RunAsync(draining), server.RunAsync(draining), feeds.RunAsync(draining), conduct.RunAsync(draining));
    }

    public ValueTask DisposeAsync() => doors.DisposeAsync();

    /// <summary>Doors are asked to answer only once admission is there.</summary>
    private Task AnswerAsync(HttpContext call) => admission!.AnswerAsync(call);

    /// <summary>The site in force; where that lets nobody in any more, the last that did, for requests that are still under way.</summary>
    private SiteModel SiteWithAccess()
    {
        var now = site();
        return now.Access is not null || lastWithAccess is null ? lastWithAccess = now : lastWithAccess;
    }

    /// <summary>
    /// Waits until a site lets third parties in, and until the keys are there that it needs: whoever gives them sees the site no sooner
    /// than this node. False when draining.
    /// </summary>
    private async Task<bool> UntilAccessAsync(CancellationToken draining)
    {
        while (site().Access is null || MissingKey() is not null)
        {
            if (site().Access is not null && MissingKey() is { } missing)
            {
                LogKeyMissing(logger, missing);
            }

            await Task.Delay(Pace, time, draining).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (draining.IsCancellationRequested)
            {
                return false;
            }
        }

        return true;
    }

    private string? MissingKey() => SiteKeys.OfDoor(site()).FirstOrDefault(name => !keys.Has(name));

    [LoggerMessage(Level = LogLevel.Warning, Message = "The door stays closed for now: key {Key} is not there yet")]
    private static partial void LogKeyMissing(ILogger logger, string key);
}
