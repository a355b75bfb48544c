using System.Collections.Concurrent;
using Isthmus.Testing;

namespace Isthmus.Journeys.Tests.Running;

/// <summary>Asks doors again and again at a steady pace, whether or not they have answered, and keeps what each said and when.</summary>
internal sealed class Knocking : IAsyncDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentQueue<DoorAnswer> answers = new();
    private readonly ConcurrentDictionary<Task, byte> open = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly Task asking;

    private Knocking(IReadOnlyList<Door> doors, Func<Door, Task<DoorAnswer>> ask) => asking = AskAsync(doors, ask);

    public static Knocking At(IReadOnlyList<Door> doors, Func<Door, Task<DoorAnswer>> ask) => new(doors, ask);

    /// <summary>In the order in which they came.</summary>
    public IReadOnlyList<DoorAnswer> Of(Door door) => [.. answers.Where(a => a.Door == door)];

    /// <summary>Returns when a door gave such an answer to what it was asked after a moment.</summary>
    public Task HeardAsync(Door door, DateTimeOffset after, TimeSpan limit, string what, Func<DoorAnswer, bool> such) =>
        Eventually.Within(limit, $"the {door.Name} door {what}", () => answers.Any(a => a.Door == door && a.Asked > after && such(a)));

    /// <summary>Asks no more, and waits for what was not answered yet.</summary>
    public async Task StopAsync()
    {
        await stopping.CancelAsync();
        await asking;
        await Task.WhenAll(open.Keys);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        stopping.Dispose();
    }

    private async Task AskAsync(IReadOnlyList<Door> doors, Func<Door, Task<DoorAnswer>> ask)
    {
        using var timer = new PeriodicTimer(Pace);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping.Token))
            {
                foreach (var door in doors)
                {
                    var one = KeepAsync(ask(door));
                    open[one] = 0;
                    _ = one.ContinueWith(done => open.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private async Task KeepAsync(Task<DoorAnswer> answer) => answers.Enqueue(await answer);
}
