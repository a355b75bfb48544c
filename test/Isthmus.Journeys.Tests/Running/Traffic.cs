using System.Collections.Concurrent;
using Isthmus.Simulators.Lab;

namespace Isthmus.Journeys.Tests.Running;

/// <summary>
/// A laboratory that sends so many messages to a site and, where no acknowledgement comes, sends the same bytes again
/// until one does. It remembers what it was told.
/// </summary>
internal sealed class Traffic : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<string, OruFacts> acknowledged = new(StringComparer.Ordinal);

    private Traffic(Site site, int count, double? rate, int port, string prefix, int window)
    {
        var lab = new LabSimulator(
            new LabOptions
            {
                Host = "127.0.0.1",
                Port = port,
                Seed = site.Seed,
                Patients = site.Patients,
                Count = count,
                Rate = rate,
                Connections = 4,
                Window = window,
                RejectedAttempts = int.MaxValue,
                Messages = new() { Prefix = prefix, CriticalRate = 0.05 },
            },
            TimeProvider.System)
        {
            Answered = (message, answer) =>
            {
                if (answer.IsAccepted)
                {
                    acknowledged[message.Facts.ControlId] = message.Facts;
                }
            },
        };
        Count = count;
        Running = lab.RunAsync(stop.Token);
    }

    public int Count { get; }

    public Task<LabReport> Running { get; }

    /// <summary>What was acknowledged with AA, by control id.</summary>
    public IReadOnlyDictionary<string, OruFacts> Acknowledged => acknowledged;

    /// <param name="rate">Messages per second; null for as fast as they are acknowledged.</param>
    /// <param name="prefix">Tells the control ids and orders of one traffic from those of another.</param>
    /// <param name="window">Frames sent ahead of their answers on each connection.</param>
    public static Traffic Start(Site site, int count, double? rate = null, int? port = null, string prefix = "J", int window = 1) =>
        new(site, count, rate, port ?? site.Port, prefix, window);

    public async Task StopAsync()
    {
        await stop.CancelAsync();
        await Running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        stop.Dispose();
    }
}
