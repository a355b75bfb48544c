using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Governance.Snapshots;
using Isthmus.Store.Connections;
using Isthmus.Testing;
using Isthmus.Trust.Ledger;
using Npgsql;

namespace Isthmus.Governance.Tests.Snapshots;

public sealed class SnapshotTests
{
    private static readonly Dictionary<string, string> NoOverrides = [];

    [Fact]
    public async Task What_was_applied_is_loaded_byte_for_byte_by_every_zone()
    {
        await using var store = await StoreAsync();
        var site = new DemoSite().Load().Model!;
        await new SiteSnapshots(store.For(ZoneRole.Operator)).ApplyAsync(site, "test", CancellationToken.None);

        foreach (var role in ZoneRoles.All)
        {
            var (files, _) = (await new SiteSnapshots(store.For(role)).LoadAsync(site.Version, CancellationToken.None))!.Value;
            Assert.Equal(site.Version, files.Version);
            Assert.Equal(site.Files.Files.Keys.Order(), files.Files.Keys.Order());
            Assert.All(site.Files.Files, f => Assert.True(f.Value.Span.SequenceEqual(files.Files[f.Key].Span)));
        }
    }

    [Fact]
    public async Task Applying_is_audited_and_the_same_version_again_is_no_event()
    {
        await using var store = await StoreAsync();
        var snapshots = new SiteSnapshots(store.For(ZoneRole.Operator));
        var site = new DemoSite().Load().Model!;

        var first = await snapshots.ApplyAsync(site, "test", CancellationToken.None);
        var again = await snapshots.ApplyAsync(site, "test", CancellationToken.None);

        Assert.True(first.Changed);
        Assert.Null(first.Previous);
        Assert.False(again.Changed);
        Assert.Equal(first.InForce.Epoch, again.InForce.Epoch);
        await using var count = store.For(ZoneRole.Operator).CreateCommand("SELECT count(*) FROM ledger.pending");
        Assert.Equal(1L, await count.ExecuteScalarAsync());
    }

    [Fact]
    public async Task Going_back_is_applying_the_earlier_version()
    {
        await using var store = await StoreAsync();
        var snapshots = new SiteSnapshots(store.For(ZoneRole.Operator));
        var first = new DemoSite().Load().Model!;
        var second = Changed().Load().Model!;
        await snapshots.ApplyAsync(first, "test", CancellationToken.None);
        await snapshots.ApplyAsync(second, "test", CancellationToken.None);

        var back = await snapshots.ApplyAsync(first, "test", CancellationToken.None);

        Assert.Equal(second.Version, back.Previous);
        Assert.Equal(first.Version, (await snapshots.CurrentAsync(CancellationToken.None))!.Version);
    }

    [Fact]
    public async Task Only_the_operator_may_apply_and_nobody_may_change_a_snapshot()
    {
        await using var store = await StoreAsync();
        var site = new DemoSite().Load().Model!;
        await new SiteSnapshots(store.For(ZoneRole.Operator)).ApplyAsync(site, "test", CancellationToken.None);

        foreach (var role in ZoneRoles.All.Where(r => r != ZoneRole.Operator))
        {
            await RefusedAsync(() => new SiteSnapshots(store.For(role)).ApplyAsync(Changed().Load().Model!, "test", CancellationToken.None));
        }

        await RefusedAsync(() => store.ExecuteAsOwnerAsync("UPDATE site.snapshot SET files = ''"));
        await RefusedAsync(() => store.ExecuteAsOwnerAsync("DELETE FROM site.application"));
    }

    [Fact]
    public async Task A_node_swaps_the_site_when_another_is_applied_and_still_knows_the_earlier_one()
    {
        await using var store = await StoreAsync();
        var snapshots = new SiteSnapshots(store.For(ZoneRole.Operator));
        var first = new DemoSite().Load().Model!;
        await snapshots.ApplyAsync(first, "test", CancellationToken.None);
        await using var watch = await SiteWatch.StartAsync(
            new SiteSnapshots(store.For(ZoneRole.Inbound)), NoOverrides, TimeProvider.System, CancellationToken.None);
        var seen = new List<SiteModel>();
        watch.Changed += seen.Add;

        var second = Changed().Load().Model!;
        await snapshots.ApplyAsync(second, "test", CancellationToken.None);
        await Eventually.Within(TimeSpan.FromSeconds(10), "the watch swaps the site", () => watch.Current.Version == second.Version && seen.Count > 0);

        Assert.Equal([second.Version], seen.Select(s => s.Version));
        Assert.Equal(first.Version, (await watch.AtAsync(first.Version, CancellationToken.None))!.Version);
        Assert.Null(await watch.AtAsync("000000000000", CancellationToken.None));
    }

    [Fact]
    public async Task A_node_keeps_its_site_when_its_own_environment_does_not_fit_the_new_one()
    {
        await using var store = await StoreAsync();
        var snapshots = new SiteSnapshots(store.For(ZoneRole.Operator));
        var first = new DemoSite().Load().Model!;
        await snapshots.ApplyAsync(first, "test", CancellationToken.None);
        var environment = new Dictionary<string, string> { ["ISTHMUS__listeners__lab__port"] = "0" };
        await using var watch = await SiteWatch.StartAsync(
            new SiteSnapshots(store.For(ZoneRole.Mediation)), environment, TimeProvider.System, CancellationToken.None);
        Assert.Equal(0, watch.Current.Listeners["lab"].Port);

        var renamed = new DemoSite()
            .Change(DemoSite.Settings, "  lab:\n", "  wards:\n")
            .Change(DemoSite.Contract, "listener: lab\n", "listener: wards\n");
        await snapshots.ApplyAsync(renamed.Load().Model!, "test", CancellationToken.None);
        await Eventually.Within(TimeSpan.FromSeconds(10), "the watch says why", () => watch.Refused.Count > 0);

        Assert.Equal(first.Version, watch.Current.Version);
        Assert.Equal("site.environment-unknown", Assert.Single(watch.Refused).Rule);
    }

    [Fact]
    public async Task Without_a_site_a_node_does_not_start()
    {
        await using var store = await StoreAsync();

        var refused = await Assert.ThrowsAsync<RefusalException>(() => SiteWatch.StartAsync(
            new SiteSnapshots(store.For(ZoneRole.Inbound)), NoOverrides, TimeProvider.System, CancellationToken.None));
        Assert.Equal("site.none-in-force", refused.Refusal.Id);
        Assert.Contains("isthmus site apply", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Over_a_site_that_does_not_load_here_a_node_does_not_start_and_says_what_helps()
    {
        await using var store = await StoreAsync();
        await new SiteSnapshots(store.For(ZoneRole.Operator)).ApplyAsync(new DemoSite().Load().Model!, "test", CancellationToken.None);

        var refused = await Assert.ThrowsAsync<RefusalException>(() => SiteWatch.StartAsync(
            new SiteSnapshots(store.For(ZoneRole.Inbound)), new Dictionary<string, string> { ["ISTHMUS__listeners__ward__port"] = "0" }, TimeProvider.System,
            CancellationToken.None));

        Assert.Equal("site.not-loadable", refused.Refusal.Id);
        Assert.Contains("isthmus site apply", refused.Message, StringComparison.Ordinal);
    }

    private static DemoSite Changed() => new DemoSite().Change(DemoSite.Settings, "queue-age: 10m", "queue-age: 11m");

    private static Task<TestStore> StoreAsync() => TestStore.CreateAsync(typeof(SiteSnapshots).Assembly, typeof(LedgerAppend).Assembly);

    private static async Task RefusedAsync(Func<Task> action) =>
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(action)).SqlState);
}
