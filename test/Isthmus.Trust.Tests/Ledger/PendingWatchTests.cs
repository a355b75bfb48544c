using Isthmus.Store.Connections;
using Isthmus.Testing;
using Isthmus.Trust.Ledger;

namespace Isthmus.Trust.Tests.Ledger;

public sealed class PendingWatchTests(LedgerDatabase database) : IClassFixture<LedgerDatabase>
{
    [Fact]
    public async Task An_event_that_stays_unchained_raises_the_alarm_until_it_is_chained()
    {
        var log = new LogLines();
        var watch = new PendingWatch(database.Store.For(ZoneRole.Ledger), log);
        Assert.Equal(TimeSpan.Zero, await watch.LookAsync(default));
        await database.AppendAsync(ZoneRole.Mediation, 1, LedgerDatabase.Event(1));
        await watch.LookAsync(default);
        Assert.Empty(log.Written);

        await database.ScalarAsync<object>("UPDATE ledger.pending SET at = at - interval '6 seconds' RETURNING 1");

        Assert.InRange(await watch.LookAsync(default), TimeSpan.FromSeconds(6), TimeSpan.FromMinutes(1));
        Assert.StartsWith("ledger.unsequenced", Assert.Single(log.Written), StringComparison.Ordinal);

        await database.ChainAsync();
        Assert.Equal(TimeSpan.Zero, await watch.LookAsync(default));
        Assert.Single(log.Written);
    }
}
