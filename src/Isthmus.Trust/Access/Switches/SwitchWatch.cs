using Isthmus.Store.Connections;
using Npgsql;

namespace Isthmus.Trust.Access.Switches;

/// <summary>
/// Keeps a node's view of what is switched off, for zones that know nothing else of access: read five times a second, so that a switch
/// holds within one.
/// </summary>
/// <remarks>
/// A node that cannot read the switches goes by what it last read: whatever it does with a message it must commit to the same store.
/// </remarks>
public sealed class SwitchWatch(NpgsqlDataSource source, TimeProvider time)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);

    private readonly SwitchStore store = new(source);
    private volatile SwitchBoard? board;

    /// <summary>What is off; null before it was read for the first time.</summary>
    public SwitchBoard? Board => board;

    /// <exception cref="NpgsqlException">The store did not answer; what was read before stands.</exception>
    public async Task ReadAsync(CancellationToken cancellation) => board = SwitchBoard.Of([.. await store.ListAsync(cancellation)]);

    /// <summary>Reads until cancelled.</summary>
    public async Task RunAsync(CancellationToken draining)
    {
        try
        {
            using var timer = new PeriodicTimer(Period, time);
            while (await timer.WaitForNextTickAsync(draining))
            {
                try
                {
                    await ReadAsync(draining);
                }
                catch (Exception e) when (StoreFailure.Is(e) || e is TimeoutException)
                {
                    // Whoever wants to commit something meets the same, and says so.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Draining.
        }
    }
}
