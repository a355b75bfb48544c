using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Isthmus.Inbound.Tests.Secrecy;

/// <summary>Everything that is logged, at every level, with the exceptions and the values behind each line.</summary>
internal sealed class LoggedText : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> lines = new();

    public IEnumerable<string> Lines => lines;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var values = state is IEnumerable<KeyValuePair<string, object?>> pairs ? string.Join(' ', pairs.Select(p => $"{p.Key}={p.Value}")) : "";
        lines.Enqueue($"{formatter(state, exception)} {values} {exception}");
    }
}
