using Microsoft.Extensions.Logging;

namespace Isthmus.Inbound.Listeners;

/// <summary>
/// Tells of connections that a listener closed: the first of a rule at once, and those that follow within the second as one line with
/// their number. A flood of connections must not become a flood of lines. The meter counts each.
/// </summary>
internal sealed partial class ClosureLog : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly string listener;
    private readonly InboundMeter meter;
    private readonly ILogger logger;
    private readonly ITimer timer;
    private readonly Lock gate = new();

    /// <summary>By rule, of which there are few: how many were closed since its last line. A rule without closures for a second is not in it.</summary>
    private Dictionary<string, int> untold = new(StringComparer.Ordinal);

    public ClosureLog(string listener, InboundMeter meter, TimeProvider time, ILogger logger)
    {
        (this.listener, this.meter, this.logger) = (listener, meter, logger);
        timer = time.CreateTimer(static log => ((ClosureLog)log!).Tell(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Closed(string rule)
    {
        meter.Closed(rule);
        lock (gate)
        {
            if (untold.TryGetValue(rule, out var count))
            {
                untold[rule] = count + 1;
                return;
            }

            if (untold.Count == 0)
            {
                timer.Change(Period, Timeout.InfiniteTimeSpan);
            }

            untold.Add(rule, 0);
        }

        LogClosed(logger, listener, rule);
    }

    /// <summary>Tells what is left.</summary>
    public void Dispose()
    {
        timer.Dispose();
        Tell();
    }

    private void Tell()
    {
        Dictionary<string, int> told;
        lock (gate)
        {
            told = untold;
            untold = told.Where(closed => closed.Value > 0).ToDictionary(closed => closed.Key, _ => 0, StringComparer.Ordinal);
            if (untold.Count > 0)
            {
                timer.Change(Period, Timeout.InfiniteTimeSpan);
            }
        }

        foreach (var (rule, count) in told.Where(closed => closed.Value > 0))
        {
            LogMore(logger, listener, count, rule);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Listener {Listener} closed a connection: {Rule}")]
    private static partial void LogClosed(ILogger logger, string listener, string rule);

    [LoggerMessage(Level = LogLevel.Information, Message = "Listener {Listener} closed {Count} more connections within a second: {Rule}")]
    private static partial void LogMore(ILogger logger, string listener, int count, string rule);
}
