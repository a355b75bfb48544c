using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Microsoft.Extensions.Logging;

namespace Isthmus.Inbound.Listeners;

/// <summary>
/// The listeners that the site in force names: opened as soon as it names them, drained and closed when it names them no more or
/// otherwise than before.
/// </summary>
internal sealed partial class OpenListeners(Func<ListenerSettings, Listener> open, ILogger logger) : IAsyncDisposable
{
    /// <summary>As often as a node looks whether another site is in force.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Opened> opened = new(StringComparer.Ordinal);

    /// <summary>What could not be opened, so that it is told of once and not at every look.</summary>
    private readonly Dictionary<string, ListenerSettings> refused = new(StringComparer.Ordinal);

    /// <summary>Where they really listen, by name.</summary>
    public IReadOnlyDictionary<string, IPEndPoint> Endpoints =>
        opened.ToDictionary(one => one.Key, one => one.Value.Listener.Endpoint, StringComparer.Ordinal);

    /// <summary>Opens the first ones; they answer once <see cref="RunAsync"/> runs.</summary>
    /// <exception cref="RefusalException">An address cannot be listened on: a node that cannot do all it should does not start.</exception>
    public void Open(IEnumerable<ListenerSettings> first)
    {
        foreach (var settings in first)
        {
            opened[settings.Name] = new Opened(settings, open(settings));
        }
    }

    /// <summary>Opens those of the first ones that can be opened; the others are tried again by <see cref="RunAsync"/>.</summary>
    public void TryOpen(IEnumerable<ListenerSettings> first)
    {
        foreach (var settings in first)
        {
            TryOpen(settings);
        }
    }

    /// <summary>Answers at what is open, and at what the site names from now on; when draining, answers what was taken in.</summary>
    public async Task RunAsync(Func<IReadOnlyDictionary<string, ListenerSettings>> wanted, TimeProvider time, CancellationToken draining)
    {
        foreach (var one in opened.Values)
        {
            one.Run(draining);
        }

        using var timer = new PeriodicTimer(Pace, time);
        try
        {
            while (await timer.WaitForNextTickAsync(draining))
            {
                await FollowAsync(wanted(), draining);
            }
        }
        catch (OperationCanceledException)
        {
            // Draining: each listener stops accepting by itself.
        }

        await Task.WhenAll(opened.Values.Select(one => one.EndedAsync()));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in opened.Values)
        {
            await one.DisposeAsync();
        }
    }

    /// <summary>Closes what is wanted no more, or otherwise, and opens what is new. What cannot be opened is tried again next time.</summary>
    private async Task FollowAsync(IReadOnlyDictionary<string, ListenerSettings> wanted, CancellationToken draining)
    {
        var ending = opened.Values.Where(one => one.HasEnded || wanted.GetValueOrDefault(one.Settings.Name) != one.Settings).ToList();
        await Task.WhenAll(ending.Select(CloseAsync));
        foreach (var settings in wanted.Values.Where(settings => !opened.ContainsKey(settings.Name)))
        {
            TryOpen(settings)?.Run(draining);
        }
    }

    private Opened? TryOpen(ListenerSettings settings)
    {
        try
        {
            var one = new Opened(settings, open(settings));
            opened[settings.Name] = one;
            refused.Remove(settings.Name);
            LogOpened(logger, settings.Name, settings.Kind, one.Listener.Endpoint);
            return one;
        }
        catch (RefusalException e)
        {
            if (refused.GetValueOrDefault(settings.Name) != settings)
            {
                LogNotOpened(logger, e.Message);
            }

            refused[settings.Name] = settings;
            return null;
        }
    }

    private async Task CloseAsync(Opened one)
    {
        var fell = one.HasEnded;
        try
        {
            await one.DrainAsync();
        }
        catch (Exception e) when (fell && e is IOException or SocketException or ObjectDisposedException)
        {
            LogFell(logger, one.Settings.Name, e.GetType().Name);
        }

        opened.TryRemove(one.Settings.Name, out _);
        await one.DisposeAsync();
        LogClosed(logger, one.Settings.Name);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Listener {Listener} takes {Kind} on {Endpoint}")]
    private static partial void LogOpened(ILogger logger, string listener, ListenerKind kind, IPEndPoint endpoint);

    [LoggerMessage(Level = LogLevel.Information, Message = "Listener {Listener} has closed")]
    private static partial void LogClosed(ILogger logger, string listener);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Why} Trying again every second")]
    private static partial void LogNotOpened(ILogger logger, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "Listener {Listener} fell ({Error}); opening it again")]
    private static partial void LogFell(ILogger logger, string listener, string error);

    private sealed class Opened(ListenerSettings settings, Listener listener) : IAsyncDisposable
    {
        private CancellationTokenSource? stopping;
        private Task running = Task.CompletedTask;

        public ListenerSettings Settings => settings;

        public Listener Listener => listener;

        /// <summary>It answers no more, though nobody asked it to drain.</summary>
        public bool HasEnded => stopping is not null && running.IsCompleted;

        public void Run(CancellationToken draining)
        {
            stopping = CancellationTokenSource.CreateLinkedTokenSource(draining);
            running = listener.RunAsync(stopping.Token);
        }

        public Task EndedAsync() => running;

        public async Task DrainAsync()
        {
            await stopping!.CancelAsync();
            await running;
        }

        public async ValueTask DisposeAsync()
        {
            await listener.DisposeAsync();
            stopping?.Dispose();
        }
    }
}
