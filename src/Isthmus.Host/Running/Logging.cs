using Isthmus.Exchange.Contracts;
using Microsoft.Extensions.Logging;

namespace Isthmus.Host.Running;

/// <summary>Logs to standard error, one line each, at a level that follows the site while the process runs.</summary>
internal static class Logging
{
    private static volatile int least = (int)LogLevel.Information;

    public static ILoggerFactory Create() => LoggerFactory.Create(builder => builder
        .SetMinimumLevel(LogLevel.Trace)
        .AddFilter((category, level) => (int)level >= Math.Max(least, category?.StartsWith("Isthmus", StringComparison.Ordinal) == true ? 0 : (int)LogLevel.Warning))
        .AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.ColorBehavior = Microsoft.Extensions.Logging.Console.LoggerColorBehavior.Disabled;
        })
        .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace));

    /// <summary>Takes the level of the site now, and whenever another is put into force.</summary>
    public static void Follow(LiveSite site)
    {
        Take(site.Current);
        site.Changed += Take;
    }

    private static void Take(SiteModel site) =>
        least = (int)(Enum.TryParse<LogLevel>(site.LogLevel, ignoreCase: true, out var level) ? level : LogLevel.Information);
}
