using System.Threading.Channels;
using Isthmus.Exchange.Contracts;
using Isthmus.Outbound.Connectors;
using Isthmus.Outbound.Resilience;
using Isthmus.Store.Connections;
using Isthmus.Store.Leases;
using Isthmus.Trust.Access.Switches;
using Microsoft.Extensions.Logging;

namespace Isthmus.Outbound.Deliveries;

/// <summary>
/// All deliveries to one destination, a bulkhead from the others: takes what is due under our leases, sends at most so many at
/// once, and hands the outcomes to be settled.
/// </summary>
/// <remarks>
/// 1 hold leases, and see to what crashed predecessors left; 2 ask switch, breaker and pause how much may start; 3 take chains that are due
/// with the consents on file; 4 workers decide and send; 5 a settled delivery frees its person, or lets the next of its chain go.
/// A person is busy from being taken until settled, so nothing of theirs is ever under way twice.
/// </remarks>
internal sealed partial class DeliveryLane : IDisposable
{
    /// <summary>Chains taken ahead at most; consent must not grow old while they wait.</summary>
    private const int MostTakenAhead = 512;

    /// <summary>Deliveries of one person taken together.</summary>
    private const int ChainLength = 4;

    /// <summary>Between two looks at the queue while there is traffic, and while there is none.</summary>
    private static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan IdlePause = TimeSpan.FromMilliseconds(50);

    /// <summary>What was taken longer ago is given back: its consents are read anew, and its lease is sure to be ours.</summary>
    private static readonly TimeSpan Stale = TimeSpan.FromSeconds(2);

    /// <summary>Between two looks at a delivery whose integration is switched off.</summary>
    private static readonly TimeSpan PauseWhileOff = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(500);

    private readonly DestinationSettings destination;
    private readonly PartitionLeases leases;
    private readonly DeliveryQueue queue;
    private readonly ConsentGate consent;
    private readonly Attempt attempt;
    private readonly Connector connector;
    private readonly SettlementWriter settlements;
    private readonly CircuitBreaker breaker;
    private readonly OutgoingSwitches switches;
    private readonly Func<SiteModel> site;
    private readonly TimeProvider time;
    private readonly ILogger logger;

    private readonly Suspects suspects;
    private readonly Throttle throttle;
    private readonly Channel<Chain> ready = Channel.CreateUnbounded<Chain>();
    private readonly Lock gate = new();
    private readonly Dictionary<Guid, Chain> busy = [];
    private IReadOnlyList<LeasedPartition> known = [];
    private int completed;

    public DeliveryLane(
        DestinationSettings destination, PartitionLeases leases, DeliveryQueue queue, ConsentGate consent, Connector connector,
        Attempt attempt, SettlementWriter settlements, CircuitBreaker breaker, OutgoingSwitches switches, Func<SiteModel> site, TimeProvider time, ILogger logger)
    {
        this.destination = destination;
        this.leases = leases;
        this.queue = queue;
        this.consent = consent;
        this.connector = connector;
        this.attempt = attempt;
        this.settlements = settlements;
        this.breaker = breaker;
        this.switches = switches;
        this.site = site;
        this.time = time;
        this.logger = logger;
        suspects = new Suspects(queue, time);
        throttle = new Throttle(time);
    }

    /// <summary>The settings it was made for; other settings need another lane.</summary>
    public DestinationSettings Destination => destination;

    /// <summary>Runs until draining, then lets what is on its way come back.</summary>
    /// <param name="draining">Nothing new starts.</param>
    /// <param name="abandoning">What is still on its way is cut; it will be sent again.</param>
    public async Task RunAsync(CancellationToken draining, CancellationToken abandoning)
    {
        var workers = Enumerable.Range(0, destination.Concurrency).Select(_ => Task.Run(() => WorkAsync(draining, abandoning), CancellationToken.None)).ToArray();
        // A worker ends before draining only by a fault that nobody foresaw, and then the lane ends with it.
        while (!draining.IsCancellationRequested && !workers.Any(worker => worker.IsCompleted))
        {
            var pause = await TryFillAsync(draining);
            if (pause > TimeSpan.Zero)
            {
                await Task.WhenAny(Task.Delay(pause, time, draining));
            }
        }

        ready.Writer.Complete();
        await Task.WhenAll(workers);
    }

    /// <summary>Says that nothing of this lane is in flight; for after its settlements are durable.</summary>
    public Task ForgetAsync(CancellationToken cancellation) => queue.ForgetAsync(cancellation);

    public void Dispose() => connector.Dispose();

    private async Task<TimeSpan> TryFillAsync(CancellationToken draining)
    {
        try
        {
            return await FillAsync(draining);
        }
        catch (OperationCanceledException) when (draining.IsCancellationRequested)
        {
            return TimeSpan.Zero;
        }
        catch (Exception failure) when (StoreFailure.Is(failure))
        {
            LogStoreUnavailable(logger, destination.Name, StoreFailure.StateOf(failure));
            return PauseAfterFailure;
        }
    }

    /// <summary>Takes what may start now; answers how long to wait before the next look.</summary>
    private async Task<TimeSpan> FillAsync(CancellationToken draining)
    {
        var held = await leases.HoldAsync(draining);
        if (held.Count == 0)
        {
            return PauseAfterFailure;
        }

        await SeeToCrashesAsync(held, draining);
        if (await switches.IsOffAsync(destination.Name, draining))
        {
            return PauseAfterFailure;
        }

        await TrySuspectAsync(held, draining);
        var wanted = Room();
        if (wanted <= 0)
        {
            return BusyPause;
        }

        if (throttle.Remaining is { Ticks: > 0 } patience)
        {
            return patience;
        }

        var (allowed, wait) = breaker.Admit(wanted);
        return allowed == 0 ? wait : await TakeAsync(held, allowed, breaker.State == BreakerState.HalfOpen, draining);
    }

    private async Task<TimeSpan> TakeAsync(IReadOnlyList<LeasedPartition> held, int allowed, bool probe, CancellationToken draining)
    {
        Guid[] persons;
        long[] holding;
        lock (gate)
        {
            persons = [.. busy.Keys];
            holding = [.. busy.Values.SelectMany(chain => chain.Held)];
        }

        var takenAt = time.GetTimestamp();
        var chains = await queue.TakeAsync(held, persons, holding, allowed, probe ? 1 : ChainLength, draining);
        if (chains.Count == 0)
        {
            return IdlePause;
        }

        if (probe)
        {
            breaker.ProbeStarted();
        }

        await StartAsync(chains, takenAt, draining);
        return chains.Count < allowed ? BusyPause : TimeSpan.Zero;
    }

    private async Task StartAsync(List<List<Delivery>> chains, long takenAt, CancellationToken cancellation)
    {
        var consents = await consent.LoadAsync([.. chains.Select(chain => chain[0])], cancellation);
        foreach (var deliveries in chains)
        {
            var chain = new Chain(deliveries, consents.GetValueOrDefault(deliveries[0].Person, []), takenAt);
            lock (gate)
            {
                busy.Add(chain.Person, chain);
            }

            await ready.Writer.WriteAsync(chain, cancellation);
        }
    }

    /// <summary>What may be taken ahead: twice what went since the last look, so that a slow destination holds little and a fast one much.</summary>
    private int Room()
    {
        var waiting = ready.Reader.Count;
        return waiting > destination.Concurrency
            ? 0
            : Math.Clamp(2 * Interlocked.Exchange(ref completed, 0), 2 * destination.Concurrency, MostTakenAhead) - waiting;
    }

    /// <summary>When leases have come to us: blames what their crashed holder had in flight, and learns who is suspect.</summary>
    private async Task SeeToCrashesAsync(IReadOnlyList<LeasedPartition> held, CancellationToken draining)
    {
        if (ReferenceEquals(held, known))
        {
            return;
        }

        var gained = held.Except(known).ToArray();
        if (gained.Length > 0)
        {
            await queue.BlameAsync(gained, draining);
            await suspects.LearnAsync(held, draining);
        }

        known = held;
    }

    /// <summary>Lets a suspect go while nothing else is under way: if the process dies again, the right one is convicted.</summary>
    private async Task TrySuspectAsync(IReadOnlyList<LeasedPartition> held, CancellationToken draining)
    {
        if (!suspects.MayGo)
        {
            return;
        }

        await UntilAsync(() => busy.Count == 0, draining);
        if (await suspects.TakeNextAsync(held, draining) is { } suspect)
        {
            LogSuspect(logger, suspect.Id, destination.Name, suspect.Crashes);
            await StartAsync([[suspect]], time.GetTimestamp(), draining);
            await UntilAsync(() => busy.Count == 0, draining);
        }

        await suspects.DoneAsync(held, draining);
    }

    private async Task UntilAsync(Func<bool> holds, CancellationToken draining)
    {
        while (true)
        {
            lock (gate)
            {
                if (holds())
                {
                    return;
                }
            }

            await Task.Delay(BusyPause, time, draining);
        }
    }

    private async Task WorkAsync(CancellationToken draining, CancellationToken abandoning)
    {
        await foreach (var chain in ready.Reader.ReadAllAsync(CancellationToken.None))
        {
            if (draining.IsCancellationRequested || time.GetElapsedTime(chain.TakenAt) > Stale
                || breaker.State == BreakerState.Open || switches.WasOff(destination.Name) || throttle.Remaining > TimeSpan.Zero)
            {
                GiveBack(chain);
                continue;
            }

            try
            {
                await DeliverAsync(chain, abandoning);
            }
            catch (OperationCanceledException) when (abandoning.IsCancellationRequested)
            {
                GiveBack(chain);
            }
            catch (Exception failure) when (StoreFailure.Is(failure))
            {
                // The seal session could not be read: nothing was sent.
                LogStoreUnavailable(logger, destination.Name, StoreFailure.StateOf(failure));
                GiveBack(chain);
            }
            catch (Exception broken) when (broken is not OutOfMemoryException)
            {
                // A missing key, or a fault of ours: the delivery waits, and the lane lives on for the next.
                LogBroken(logger, destination.Name, broken.GetType().Name);
                await Task.Delay(PauseAfterFailure, time, CancellationToken.None);
                GiveBack(chain);
            }
        }
    }

    private async Task DeliverAsync(Chain chain, CancellationToken abandoning)
    {
        if (switches.WasIntegrationOff(chain.Current.Contract))
        {
            breaker.ProbeAbandoned();
            await settlements.PostAsync(Waiting(chain.Current));
            return;
        }

        var (settlement, sent) = await attempt.MakeAsync(chain, site(), Settled, abandoning);
        if (sent is { } result)
        {
            Learn(result, chain.Person);
        }
        else
        {
            breaker.ProbeAbandoned();
        }

        Interlocked.Increment(ref completed);
        await settlements.PostAsync(settlement);
    }

    /// <summary>Its integration is switched off: it is looked at again after a while, and no attempt was made.</summary>
    private Settlement Waiting(Delivery delivery) => new()
    {
        Delivery = delivery,
        Destination = destination.Name,
        State = DeliveryState.Pending,
        Attempts = delivery.Attempts,
        Rule = SwitchRules.IntegrationOff.Id,
        Delay = PauseWhileOff,
        Done = Settled,
    };

    private void Learn(in DeliveryResult result, Guid person)
    {
        if (result.Failure is not { } failure)
        {
            breaker.Succeeded();
            return;
        }

        breaker.Failed(failure, person);
        if (failure == FailureClass.Throttled && result.RetryAfter is { } patience)
        {
            throttle.Heed(patience);
        }
    }

    /// <summary>Called by the settlement writer: a person is free again, or the next of their chain may go.</summary>
    private void Settled(Settlement settlement, bool durable)
    {
        Chain chain;
        lock (gate)
        {
            chain = busy[settlement.Delivery.Person.Value];
        }

        // Behind a dead one the rest is taken anew, so that it knows of it.
        var mayGoOn = durable && settlement.State is (DeliveryState.Delivered or DeliveryState.Denied);
        if (!(mayGoOn && chain.MoveOn() && ready.Writer.TryWrite(chain)))
        {
            Free(chain);
        }
    }

    private void GiveBack(Chain chain)
    {
        breaker.ProbeAbandoned();
        Free(chain);
    }

    private void Free(Chain chain)
    {
        lock (gate)
        {
            busy.Remove(chain.Person);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Deliveries to {Destination} wait: the store did not answer ({SqlState})")]
    private static partial void LogStoreUnavailable(ILogger logger, string destination, string sqlState);

    [LoggerMessage(Level = LogLevel.Error, Message = "A delivery to {Destination} could not be attempted ({Error}); it is tried again")]
    private static partial void LogBroken(ILogger logger, string destination, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Delivery {Id} to {Destination} was in flight in {Crashes} crashes; it goes alone")]
    private static partial void LogSuspect(ILogger logger, long id, string destination, int crashes);
}
