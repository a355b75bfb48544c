using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Inbound.Admission;
using Isthmus.Inbound.Journal;
using Isthmus.Inbound.Listeners.Http;
using Isthmus.Inbound.Receiving;
using Isthmus.Store.Connections;
using Isthmus.Trust.Access;
using Isthmus.Trust.Access.State;
using Isthmus.Trust.Keys;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Isthmus.Inbound;

/// <summary>
/// HL7 v2 at the door for third parties: a registered client hands a message in for a feed that its contract names, under its token. Behind
/// admission it goes the way of every message, under the edge's login: contract, seal, journal, acknowledgement. What repeats under
/// another key is known by sender, MSH-10 and content, and gets the acknowledgement of the first.
/// </summary>
public sealed partial class FeedDoor : IAsyncDisposable
{
    /// <summary>In contracts, quotas, switches and metrics.</summary>
    public const string RouteName = "hl7v2-send";

    /// <summary>The right that a token must hold.</summary>
    public const string SendScope = "hl7v2:send";

    private const string Feed = "feed";

    /// <summary>As large as a message with a scanned document in it; the listener's own limit may be less.</summary>
    private const int MostBytes = 16 * 1024 * 1024;

    private static readonly TimeSpan MeasurePeriod = TimeSpan.FromSeconds(1);

    private readonly Func<SiteModel> site;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly InboundMeter meter = new();
    private readonly Intake intake;
    private readonly DownstreamGauge downstream;

    /// <param name="store">Must hold the login of <see cref="ZoneRole.Inbound"/>.</param>
    /// <param name="keys">With the public half of Mediation's sealing key and the ordering secret.</param>
    /// <param name="watch">Knows what is switched off.</param>
    /// <param name="watchedFolder">Where PostgreSQL's data lies, if on this machine.</param>
    public FeedDoor(
        StoreAccess store, KeySource keys, Func<SiteModel> site, AccessWatch watch, string? watchedFolder, TimeProvider time, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(store);
        (this.site, this.time) = (site, time);
        logger = loggers.CreateLogger<FeedDoor>();
        var source = store.For(ZoneRole.Inbound);
        intake = new Intake(source, keys, site, watchedFolder, () => watch.IsConfirmed ? watch.Current.Switches : null, meter, time);
        downstream = new DownstreamGauge(source);
    }

    public DoorRoute Route => new()
    {
        Name = RouteName,
        Method = HttpMethods.Post,
        Template = $"/hl7v2/{{{Feed}}}",
        Form = RefusalForm.Problem,
        MediaTypes = MessageType.MediaTypes,
        MostBytes = MostBytes,
        Need = static (_, _) => AccessNeed.Hold(SendScope),
        Terms = static (contract, path) => FeedOf(contract, path) is null ? AdmissionRules.FeedNotInContract : null,
        ResourceParameter = Feed,
        QuotaShare = ShareOf,
        Idempotency = Idempotency.Heeded,
        Handler = TakeInAsync,
    };

    /// <summary>Measures room and destinations until cancelled, by which quotas are tightened.</summary>
    public async Task RunAsync(CancellationToken draining)
    {
        using var timer = new PeriodicTimer(MeasurePeriod, time);
        try
        {
            do
            {
                await MeasureAsync(draining);
            }
            while (await timer.WaitForNextTickAsync(draining));
        }
        catch (OperationCanceledException)
        {
            // Draining.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await intake.DisposeAsync();
        meter.Dispose();
    }

    private static ApiFeed? FeedOf(ApiContract contract, IReadOnlyDictionary<string, string> path) =>
        contract.Feeds.FirstOrDefault(feed => feed.Name == path[Feed]);

    private async Task TakeInAsync(HttpContext call, Admitted admitted)
    {
        var (type, refusal) = MessageType.Read(call.Request.ContentType);
        if (refusal is not null)
        {
            await RefusalWriter.WriteAsync(call, new Refused(AnswerStatus.Of(refusal), refusal), RefusalForm.Problem);
            return;
        }

        var (caller, contract) = (admitted.Caller!, admitted.Contract!);
        var by = new HandIn(caller.Client, caller.Token, contract.Id, admitted.Correlation, FeedOf(contract, admitted.Path)!);
        var reception = await intake.Desk.TakeInAsync(admitted.Body.Reveal(), new Arrival(by.Feed.Name, type.CharacterSet, by));
        await MessageEndpoint.AcknowledgeAsync(call, await reception.AnswerAsync(), type);
    }

    private double ShareOf(IReadOnlyDictionary<string, string> path)
    {
        var feed = site().Contracts.FirstOrDefault(contract => contract.Name == path[Feed]);
        return Math.Min(intake.Room.Share, feed is null ? 1 : downstream.ShareOf(feed.Destinations.Select(destination => destination.Name)));
    }

    /// <summary>What cannot be measured now is taken as it was.</summary>
    private async Task MeasureAsync(CancellationToken draining)
    {
        try
        {
            await intake.Room.MeasureAsync(draining);
            await downstream.MeasureAsync(draining);
        }
        catch (Exception e) when (StoreFailure.Is(e) || e is TimeoutException or IOException or UnauthorizedAccessException)
        {
            LogUnmeasured(logger, e.GetType().Name);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "How much room is left, or how the destinations do, could not be measured ({Error})")]
    private static partial void LogUnmeasured(ILogger logger, string error);
}
