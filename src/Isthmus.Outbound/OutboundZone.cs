using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Outbound.Answers;
using Isthmus.Outbound.Connectors;
using Isthmus.Outbound.Deliveries;
using Isthmus.Outbound.Resilience;
using Isthmus.Store.Connections;
using Isthmus.Store.Leases;
using Isthmus.Trust.Consent;
using Isthmus.Trust.Keys;
using Isthmus.Trust.Keys.Sealing;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Isthmus.Outbound;

/// <summary>
/// Zone 3: durable deliveries to the destinations of the site, one lane each. Its login selects and settles deliveries; payloads open
/// only with its own sealing key.
/// </summary>
public sealed partial class OutboundZone : IAsyncDisposable
{
    private const string ZoneName = "outbound";

    /// <summary>How long a partner's answer is awaited while draining.</summary>
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(5);

    /// <summary>How often destinations are compared with the site, and kept payloads with their retention.</summary>
    private static readonly TimeSpan SupervisionPeriod = TimeSpan.FromSeconds(1);

    /// <summary>A token service that is away comes back by itself, most of the time; refused credentials do not.</summary>
    private const int TransientTokenFailures = 3;

    private readonly NpgsqlDataSource source;
    private readonly KeySource keys;
    private readonly Func<SiteModel> site;
    private readonly string node;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Guid process = Guid.NewGuid();
    private readonly OutboundMeter meter = new();
    private readonly PartitionLeases leases;
    private readonly Opener opener;
    private readonly ConsentGate consent;
    private readonly OutgoingSwitches switches;
    private readonly Retention retention;
    private readonly SettlementWriter settlements;
    private readonly AnswerLane answers;
    private readonly Dictionary<string, RunningLane> lanes = new(StringComparer.Ordinal);

    /// <param name="store">Must hold the login of <see cref="ZoneRole.Outbound"/>.</param>
    /// <param name="keys">With the private sealing key of this zone, and the keys the destinations name.</param>
    /// <param name="site">The current site; asked anew for every attempt.</param>
    /// <param name="node">This node's name among those that share the leases.</param>
    /// <exception cref="RefusalException">A destination's address is not allowed: <see cref="Egress.TlsRequired"/>.</exception>
    public OutboundZone(StoreAccess store, KeySource keys, Func<SiteModel> site, string node, TimeProvider time, ILoggerFactory loggers)
    {
        source = store.For(ZoneRole.Outbound);
        this.keys = keys;
        this.site = site;
        this.node = node;
        this.time = time;
        logger = loggers.CreateLogger<OutboundZone>();
        foreach (var destination in site().Destinations.Values)
        {
            if (Egress.Objection(destination) is { } objection)
            {
                throw new RefusalException(objection);
            }
        }

        leases = new PartitionLeases(source, ZoneName, node, time);
        opener = new Opener(source, keys, SealedTo.Outbound);
        consent = new ConsentGate(new ConsentStore(source), time);
        switches = new OutgoingSwitches(source, () => site().Tenant.Id, time);
        retention = new Retention(source);
        settlements = new SettlementWriter(source, leases, meter, time, logger);
        answers = new AnswerLane(source, leases, opener, keys, switches, site, time, logger);
    }

    /// <summary>Runs until cancelled; then starts nothing new, lets attempts under way come back, settles them and returns the leases.</summary>
    public async Task RunAsync(CancellationToken draining)
    {
        using var abandoning = new CancellationTokenSource();
        var settling = settlements.RunAsync(abandoning.Token);
        var answering = answers.RunAsync(draining, abandoning.Token);
        while (!draining.IsCancellationRequested && !settling.IsCompleted && !answering.IsCompleted)
        {
            await SuperviseAsync(abandoning.Token);
            await Task.WhenAny(Task.Delay(SupervisionPeriod, time, draining));
        }

        abandoning.CancelAfter(DrainPatience);
        await Task.WhenAll(lanes.Values.Select(lane => lane.StopAsync()));
        settlements.Complete();
        await settling;
        await answering;
        await LeaveAsync();
    }

    public ValueTask DisposeAsync()
    {
        foreach (var lane in lanes.Values)
        {
            lane.Dispose();
        }

        answers.Dispose();
        switches.Dispose();
        opener.Dispose();
        leases.Dispose();
        meter.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Makes the lanes those of the current site.</summary>
    private async Task SuperviseAsync(CancellationToken abandoning)
    {
        var wanted = site().Destinations;
        foreach (var lane in lanes.Values)
        {
            await lane.ThrowIfFaultedAsync();
        }

        foreach (var (name, lane) in lanes.Where(lane => !wanted.TryGetValue(lane.Key, out var now) || now != lane.Value.Lane.Destination).ToList())
        {
            await lane.StopAsync();
            await TryStoreAsync(lane.Lane.ForgetAsync, abandoning);
            lane.Dispose();
            lanes.Remove(name);
        }

        foreach (var destination in wanted.Values.Where(destination => !lanes.ContainsKey(destination.Name)))
        {
            if (Egress.Objection(destination) is { } objection)
            {
                LogRefused(logger, destination.Name, objection.Id);
                continue;
            }

            lanes.Add(destination.Name, RunningLane.Start(Open(destination), abandoning));
        }

        await TryStoreAsync(cancellation => retention.ApplyAsync(site(), cancellation), abandoning);
    }

    private DeliveryLane Open(DestinationSettings destination)
    {
        var connector = ConnectorCatalogue.Open(destination, keys, meter, (name, failing, times) => _ = NoteTokenAsync(name, failing, times), time);
        var attempt = new Attempt(destination, connector, new BegunAttempts(source), consent, opener, meter, Random.Shared, time);
        var breaker = new CircuitBreaker(time);
        breaker.Changed += state => _ = NoteBreakerAsync(destination.Name, state);
        return new DeliveryLane(
            destination, leases, new DeliveryQueue(source, destination.Name, process), consent, connector, attempt, settlements, breaker, switches, site, time, logger);
    }

    private async Task NoteBreakerAsync(string destination, BreakerState state)
    {
        meter.BreakerEntered(destination, state);
        LogBreaker(logger, destination, state);
        await TryStoreAsync(async cancellation =>
        {
            await using var command = source.CreateCommand(
                """
                INSERT INTO outbound.breaker (destination, state, node) VALUES ($1, $2, $3)
                ON CONFLICT (destination) DO UPDATE SET state = excluded.state, node = excluded.node, since = clock_timestamp()
                """);
            command.Parameters.AddWithValue(destination);
            command.Parameters.AddWithValue(state switch
            {
                BreakerState.Closed => "closed",
                BreakerState.Open => "open",
                _ => "half-open",
            });
            command.Parameters.AddWithValue(node);
            await command.ExecuteNonQueryAsync(cancellation);
        }, CancellationToken.None);
    }

    /// <summary>
    /// A token that cannot be renewed is noted at once, and a person is told, once a day, when it does not mend itself: while the old
    /// one is still good, so before deliveries stop.
    /// </summary>
    private async Task NoteTokenAsync(string destination, FailureClass? failing, int times)
    {
        if (failing is not { } failure)
        {
            LogTokenAgain(logger, destination, times);
            return;
        }

        LogTokenFailing(logger, destination, failure.Rule(), times);
        if (failure != FailureClass.Unauthorised && times < TransientTokenFailures)
        {
            return;
        }

        await TryStoreAsync(async cancellation =>
        {
            await using var command = source.CreateCommand(
                """
                INSERT INTO exchange.signal (tenant, partition, message_id, kind, key, location, subject, detail)
                VALUES ($1, 0, 0, $2, $3, '', $4, $5)
                """);
            command.Parameters.AddWithValue(site().Tenant.Id);
            command.Parameters.AddWithValue(SignalKinds.SignInFailing);
            command.Parameters.AddWithValue($"sign-in/{destination}/{time.GetUtcNow():yyyy-MM-dd}");
            command.Parameters.AddWithValue(destination);
            command.Parameters.AddWithValue($$"""{"destination":"{{destination}}","rule":"{{failure.Rule()}}"}""");
            await command.ExecuteNonQueryAsync(cancellation);
        }, CancellationToken.None);
    }

    private Task LeaveAsync() => TryStoreAsync(async cancellation =>
    {
        foreach (var lane in lanes.Values)
        {
            await lane.Lane.ForgetAsync(cancellation);
        }

        await leases.ReturnAsync(cancellation);
    }, CancellationToken.None);

    /// <summary>For what may fail without harm: the next period, or the expiry of the lease, makes good.</summary>
    private async Task TryStoreAsync(Func<CancellationToken, Task> work, CancellationToken cancellation)
    {
        try
        {
            await work(cancellation);
        }
        catch (Exception failure) when (StoreFailure.Is(failure))
        {
            LogStoreUnavailable(logger, StoreFailure.StateOf(failure));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Draining.
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Destination {Destination} is refused: {Rule}")]
    private static partial void LogRefused(ILogger logger, string destination, string rule);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No token could be had for {Destination}, {Times} times in a row: {Rule}")]
    private static partial void LogTokenFailing(ILogger logger, string destination, string rule, int times);

    [LoggerMessage(Level = LogLevel.Information, Message = "A token could be had for {Destination} again, after {Times} failures")]
    private static partial void LogTokenAgain(ILogger logger, string destination, int times);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The circuit breaker of {Destination} is {State}")]
    private static partial void LogBreaker(ILogger logger, string destination, BreakerState state);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store did not answer ({SqlState}); trying again")]
    private static partial void LogStoreUnavailable(ILogger logger, string sqlState);

    /// <summary>A lane with its own end.</summary>
    private sealed class RunningLane(DeliveryLane lane, CancellationTokenSource draining, Task running) : IDisposable
    {
        public DeliveryLane Lane => lane;

        public static RunningLane Start(DeliveryLane lane, CancellationToken abandoning)
        {
            var draining = new CancellationTokenSource();
            return new RunningLane(lane, draining, Task.Run(() => lane.RunAsync(draining.Token, abandoning), CancellationToken.None));
        }

        public Task ThrowIfFaultedAsync() => running.IsFaulted ? running : Task.CompletedTask;

        public async Task StopAsync()
        {
            await draining.CancelAsync();
            await running;
        }

        public void Dispose()
        {
            lane.Dispose();
            draining.Dispose();
        }
    }
}
