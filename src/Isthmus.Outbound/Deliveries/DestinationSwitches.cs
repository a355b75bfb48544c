using Isthmus.Trust.Access.Switches;
using Npgsql;

namespace Isthmus.Outbound.Deliveries;

/// <summary>
/// Which destinations are switched off, at most a quarter of a second old. Deliveries to them wait where they are; their age goes on
/// counting, so that what waits too long is still seen to.
/// </summary>
internal sealed class DestinationSwitches(NpgsqlDataSource source, Func<short> tenant, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromMilliseconds(250);

    private readonly SwitchStore store = new(source);
    private readonly SemaphoreSlim gate = new(1, 1);
    private volatile SwitchBoard board = SwitchBoard.AllOn;
    private long readAt = long.MinValue;

    /// <summary>As of the last reading; for work that was taken after one.</summary>
    public bool WasOff(string destination) => board.IsOff(tenant(), SwitchKind.Destination, destination);

    /// <exception cref="NpgsqlException">The switches could not be read: nothing may be sent.</exception>
    public async ValueTask<bool> IsOffAsync(string destination, CancellationToken cancellation)
    {
        if (IsOld())
        {
            await gate.WaitAsync(cancellation);
            try
            {
                if (IsOld())
                {
                    var asked = time.GetTimestamp();
                    board = SwitchBoard.Of([.. await store.ListAsync(cancellation)]);
                    Interlocked.Exchange(ref readAt, asked);
                }
            }
            finally
            {
                gate.Release();
            }
        }

        return WasOff(destination);
    }

    public void Dispose() => gate.Dispose();

    private bool IsOld() => Interlocked.Read(ref readAt) is var at && (at == long.MinValue || time.GetElapsedTime(at) >= GoodFor);
}
