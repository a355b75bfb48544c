using System.Globalization;
using Isthmus.Trust.Access.Switches;
using Npgsql;

namespace Isthmus.Outbound.Deliveries;

/// <summary>
/// What may not be sent because it is switched off, at most a quarter of a second old: everything of a tenant, everything to a destination,
/// what an integration brought. It waits where it is; its age goes on counting, so that what waits too long is still seen to.
/// </summary>
internal sealed class OutgoingSwitches(NpgsqlDataSource source, Func<short> tenant, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromMilliseconds(250);

    private readonly SwitchStore store = new(source);
    private readonly SemaphoreSlim gate = new(1, 1);
    private volatile SwitchBoard board = SwitchBoard.AllOn;
    private long readAt = long.MinValue;

    /// <summary>Whether nothing may go to the destination, as of the last reading; for work that was taken after one.</summary>
    public bool WasOff(string destination)
    {
        var (known, of) = (board, tenant());
        return known.IsOff(of, SwitchKind.Destination, destination) || known.IsOff(of, SwitchKind.Tenant, of.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Whether nothing may go that came under the contract, as of the last reading.</summary>
    /// <param name="contract">Name, or name and version.</param>
    public bool WasIntegrationOff(string contract) => board.IsOff(tenant(), SwitchKind.Integration, contract.Split('@')[0]);

    /// <summary>Whether nothing may go to the destination.</summary>
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
