using System.Net;
using Isthmus.Exchange.Contracts;
using Isthmus.Store.Connections;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Isthmus.Trust.Access.Conduct;

/// <summary>
/// Counts what clients and strangers do at the door, in memory, and adds it every two seconds to what all nodes counted. There it is
/// weighed against the site's limits, and what exceeds one becomes an alert: one for each subject and cause, as long as it is open.
/// </summary>
public sealed partial class ConductTally : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    /// <summary>How many periods pass between two looks at what is past its time.</summary>
    private const int PeriodsOfHousekeeping = 30;

    /// <summary>Told apart between two writes; beyond, strangers are one, so that a flood of addresses takes neither memory nor rows.</summary>
    private const int MostSubjects = 1024;

    private readonly Func<SiteModel> site;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly ConductStore store;
    private readonly ConductMeter meter = new();
    private readonly Lock gate = new();
    private readonly Dictionary<string, LastToken> lastTokens = new(StringComparer.Ordinal);
    private Dictionary<(Subject Subject, ConductCause Cause), ConductCount> counts = [];

    /// <param name="source">The authorization server's login.</param>
    public ConductTally(NpgsqlDataSource source, Func<SiteModel> site, TimeProvider time, ILogger logger)
    {
        (this.site, this.time, this.logger) = (site, time, logger);
        store = new ConductStore(source);
    }

    /// <summary>A token was given.</summary>
    /// <param name="client">Registered, and proven.</param>
    public void Issued(string client, string scope, TimeSpan lifetime)
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            var isEarly = lastTokens.TryGetValue(client, out var last) && last.Scope == scope && now < last.HalfOver;
            lastTokens[client] = new LastToken(scope, now + (lifetime / 2));
            Add(new Subject(true, client), ConductCause.Issued, null);
            if (isEarly)
            {
                Add(new Subject(true, client), ConductCause.Early, null);
            }
        }
    }

    /// <summary>A request was refused.</summary>
    /// <param name="cause">Null where that says nothing of who asked, and is not counted.</param>
    /// <param name="client">Whom it names; null unless it is registered.</param>
    /// <param name="from">Where it came from; null when that is not known.</param>
    /// <param name="tried">What was tried that nobody has: a client id, a key id, an assertion, a token. Only its hash is kept.</param>
    public void Failed(ConductCause? cause, string? client, IPAddress? from, string? tried = null)
    {
        if (cause is not { } counted)
        {
            return;
        }

        var address = new Subject(false, SourceAddress.Of(from).ToString());
        var subject = client is null ? address : new Subject(true, client);
        lock (gate)
        {
            Add(subject, counted, null);
            if (tried is not null)
            {
                Add(address, ConductCause.Spread, tried);
                if (client is not null)
                {
                    Add(subject, ConductCause.Spread, tried);
                }
            }
        }
    }

    /// <summary>Writes what was counted, until cancelled, and then once more.</summary>
    public async Task RunAsync(CancellationToken draining)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            for (var period = 0; await timer.WaitForNextTickAsync(draining); period = (period + 1) % PeriodsOfHousekeeping)
            {
                await FlushAsync(draining);
                if (period == 0)
                {
                    await KeepHouseAsync(draining);
                }
            }
        }
        catch (OperationCanceledException)
        {
            await FlushAsync(CancellationToken.None);
        }
    }

    public ValueTask DisposeAsync()
    {
        meter.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Adds what was counted since the last time to what all nodes counted; by itself it does so every two seconds.</summary>
    public async Task FlushAsync(CancellationToken cancellation)
    {
        var counted = Take();
        if (counted.Count == 0 || site() is not { Access: { } access } model)
        {
            return;
        }

        try
        {
            foreach (var alert in await store.AddAsync(model.Tenant.Id, access.Alerts, counted, cancellation))
            {
                meter.Alerted(alert.Cause);
                LogAlert(logger, alert.Kind, alert.Subject, alert.Cause, alert.Times);
            }
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            PutBack(counted);
            LogStoreUnavailable(logger, StoreFailure.StateOf(e));
        }
    }

    private async Task KeepHouseAsync(CancellationToken cancellation)
    {
        try
        {
            await store.KeepHouseAsync((site().Access?.Alerts ?? new ConductLimits()).Quiet, cancellation);
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            LogStoreUnavailable(logger, StoreFailure.StateOf(e));
        }
    }

    private Dictionary<(Subject Subject, ConductCause Cause), ConductCount> Take()
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            foreach (var (client, last) in lastTokens)
            {
                if (last.HalfOver <= now)
                {
                    lastTokens.Remove(client);
                }
            }

            var counted = counts;
            counts = [];
            return counted;
        }
    }

    private void PutBack(Dictionary<(Subject Subject, ConductCause Cause), ConductCount> counted)
    {
        lock (gate)
        {
            foreach (var ((subject, cause), count) in counted)
            {
                CountOf(subject, cause).Add(count);
            }
        }
    }

    private void Add(Subject subject, ConductCause cause, string? tried)
    {
        CountOf(subject, cause).Add(tried);
        meter.Counted(subject, cause);
    }

    private ConductCount CountOf(Subject subject, ConductCause cause)
    {
        if (counts.TryGetValue((subject, cause), out var known))
        {
            return known;
        }

        // Those who are registered are as many as the registry has, and keep their names in every flood.
        var told = subject.IsClient || counts.Count < MostSubjects ? subject : subject with { Name = Subject.Others };
        return counts.TryGetValue((told, cause), out known) ? known : counts[(told, cause)] = new ConductCount();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Unusual conduct at the door of {Kind} {Subject}: {Cause}, {Times} times")]
    private static partial void LogAlert(ILogger logger, string kind, string subject, string cause, int times);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Conduct at the door could not be counted ({SqlState}); trying again")]
    private static partial void LogStoreUnavailable(ILogger logger, string sqlState);

    private readonly record struct LastToken(string Scope, DateTimeOffset HalfOver);
}
