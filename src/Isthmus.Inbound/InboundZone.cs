using System.Net;
using Isthmus.Exchange.Contracts;
using Isthmus.Inbound.Listeners;
using Isthmus.Inbound.Listeners.Http;
using Isthmus.Inbound.Listeners.Mllp;
using Isthmus.Inbound.Receiving;
using Isthmus.Store.Connections;
using Isthmus.Trust.Access.Switches;
using Isthmus.Trust.Keys;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Isthmus.Inbound;

/// <summary>
/// Zone 1, the edge: listeners, reception, journal. Its login may append to the journal and read nothing back.
/// </summary>
public sealed partial class InboundZone : IAsyncDisposable
{
    /// <summary>The secret that keys the ordering hashes.</summary>
    public const string OrderKeyFile = "order.key";

    private static readonly TimeSpan WatermarkPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HousekeepingPeriod = TimeSpan.FromHours(1);
    private const int PartitionDaysAhead = 8;

    private readonly NpgsqlDataSource source;
    private readonly Func<SiteModel> site;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly InboundMeter meter = new();
    private readonly SwitchWatch switches;
    private readonly Intake intake;
    private readonly OpenListeners listeners;

    /// <summary>Opens the listeners; they answer once <see cref="RunAsync"/> runs.</summary>
    /// <param name="site">The current site; asked anew for every message.</param>
    /// <param name="watchedFolder">Where PostgreSQL's data lies, if on this machine.</param>
    public InboundZone(
        StoreAccess store, KeySource keys, Func<SiteModel> site, string? watchedFolder, TimeProvider time, ILoggerFactory loggers)
    {
        source = store.For(ZoneRole.Inbound);
        this.site = site;
        this.time = time;
        logger = loggers.CreateLogger<InboundZone>();
        switches = new SwitchWatch(source, time);
        intake = new Intake(source, keys, site, watchedFolder, () => switches.Board, meter, time);
        listeners = new OpenListeners(
            settings => settings.Kind switch
            {
                ListenerKind.Http => new Hl7OverHttpListener(settings, keys, intake.Desk, meter, time, logger),
                _ => new MllpListener(settings, keys, intake.Desk, meter, time, logger),
            },
            logger);
        listeners.Open(Feeds(site()).Values);
    }

    /// <summary>The listeners that are open and where they really listen.</summary>
    public IReadOnlyDictionary<string, IPEndPoint> Endpoints => listeners.Endpoints;

    /// <summary>
    /// Runs until cancelled, with the listeners of the site in force; then stops accepting, and acknowledges whole frames in frame order.
    /// </summary>
    public async Task RunAsync(CancellationToken draining)
    {
        await Task.WhenAll(TryAsync(switches.ReadAsync, draining), TryAsync(intake.Room.MeasureAsync, draining));
        await Task.WhenAll(
            listeners.RunAsync(() => Feeds(site()), time, draining),
            switches.RunAsync(draining),
            EveryAsync(WatermarkPeriod, intake.Room.MeasureAsync, draining),
            EveryAsync(HousekeepingPeriod, KeepHouseAsync, draining));
    }

    public async ValueTask DisposeAsync()
    {
        await listeners.DisposeAsync();
        await intake.DisposeAsync();
        meter.Dispose();
    }

    /// <summary>The listeners at which messages come in; the door for third parties is another zone's.</summary>
    private static Dictionary<string, ListenerSettings> Feeds(SiteModel site) =>
        site.Listeners.Where(listener => listener.Value.Kind != ListenerKind.Api).ToDictionary(StringComparer.Ordinal);

    /// <summary>Days of the journal are made ahead (Mediation drops them); answers are forgotten past the longest window.</summary>
    private async Task KeepHouseAsync(CancellationToken cancellation)
    {
        var contracts = site().Contracts;
        await using var make = source.CreateCommand("SELECT exchange.make_journal_partitions($1)");
        make.Parameters.AddWithValue(PartitionDaysAhead);
        await make.ExecuteNonQueryAsync(cancellation);
        if (contracts.Count == 0)
        {
            return;
        }

        await using var forget = source.CreateCommand("SELECT exchange.forget_seen($1)");
        forget.Parameters.AddWithValue(contracts.Max(c => c.Source.Repeats.Window));
        await forget.ExecuteNonQueryAsync(cancellation);
    }

    private async Task EveryAsync(TimeSpan period, Func<CancellationToken, Task> work, CancellationToken draining)
    {
        using var timer = new PeriodicTimer(period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(draining))
            {
                await TryAsync(work, draining);
            }
        }
        catch (OperationCanceledException)
        {
            // Draining.
        }
    }

    /// <summary>What fails now is tried again at the next tick; meanwhile frames are refused one by one, by what they meet.</summary>
    private async Task TryAsync(Func<CancellationToken, Task> work, CancellationToken draining)
    {
        try
        {
            await work(draining);
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            LogStoreUnavailable(logger, StoreFailure.StateOf(e));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogDiskUnreadable(logger, e.GetType().Name);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store did not answer ({SqlState}); trying again")]
    private static partial void LogStoreUnavailable(ILogger logger, string sqlState);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The free space below PostgreSQL's data could not be read ({Error})")]
    private static partial void LogDiskUnreadable(ILogger logger, string error);
}
