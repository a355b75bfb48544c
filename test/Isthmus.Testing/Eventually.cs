namespace Isthmus.Testing;

/// <summary>Waits for what another process or thread will bring about, and fails when it does not.</summary>
public static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <exception cref="TimeoutException">It did not hold within the time; the message says what was awaited.</exception>
    public static async Task Within(TimeSpan limit, string awaited, Func<Task<bool>> holds)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            if (TimeProvider.System.GetElapsedTime(started) > limit)
            {
                throw new TimeoutException($"Not within {limit.TotalSeconds:0.#} s: {awaited}");
            }

            await Task.Delay(Pause);
        }
    }

    /// <inheritdoc cref="Within(TimeSpan, string, Func{Task{bool}})"/>
    public static Task Within(TimeSpan limit, string awaited, Func<bool> holds) =>
        Within(limit, awaited, () => Task.FromResult(holds()));
}
