using Isthmus.Store.Connections;
using Isthmus.Testing;
using Isthmus.Trust.Ledger;

namespace Isthmus.Trust.Tests.Ledger;

/// <summary>A zone outlives whatever the store does to it.</summary>
public sealed class LedgerZoneTests(LedgerDatabase database) : IClassFixture<LedgerDatabase>
{
    private const int FailingPasses = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_zone_whose_statement_failed_while_the_driver_prepared_it_goes_on_when_it_can()
    {
        await database.AppendAsync(ZoneRole.Mediation, 1, LedgerDatabase.Event(1));
        await database.ScalarAsync<object?>("REVOKE SELECT ON ledger.pending FROM isthmus_ledger");
        var log = new LogLines();
        using var stop = new CancellationTokenSource();
        var running = new LedgerZone(database.Store, "test", TimeProvider.System, log).RunAsync(stop.Token);
        await Eventually.Within(Patience, "passes that fail", () => log.Written.Count(line => line.StartsWith("The ledger could not", StringComparison.Ordinal)) >= FailingPasses);

        await database.ScalarAsync<object?>("GRANT SELECT ON ledger.pending TO isthmus_ledger");

        await Eventually.Within(Patience, "the event in the chain, or the zone's end", async () =>
            running.IsCompleted || !await database.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM ledger.pending)"));
        Assert.False(running.IsCompleted, "The zone died.");
        await stop.CancelAsync();
        await running;
    }
}
