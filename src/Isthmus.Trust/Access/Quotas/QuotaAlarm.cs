using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Isthmus.Trust.Access.Quotas;

/// <summary>Raised when quotas cannot be counted: a counter for alerting, and one line a second at most in the log.</summary>
public sealed partial class QuotaAlarm(ILogger logger, Counter<long> uncounted, TimeProvider time)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    private long saidAt;

    /// <param name="route">The route's name; nothing that a client can choose.</param>
    public void Uncounted(string route)
    {
        uncounted.Add(1, new KeyValuePair<string, object?>("route", route));
        var last = Interlocked.Read(ref saidAt);
        if ((last == 0 || time.GetElapsedTime(last) > Quiet) && Interlocked.CompareExchange(ref saidAt, time.GetTimestamp(), last) == last)
        {
            LogUncounted(logger, route);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Quotas cannot be counted, first noticed on route {Route}; each route goes by its policy for that")]
    private static partial void LogUncounted(ILogger logger, string route);
}
