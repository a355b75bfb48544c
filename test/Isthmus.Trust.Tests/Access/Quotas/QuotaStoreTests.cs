using Isthmus.Exchange.Contracts;
using Isthmus.Store.Connections;
using Isthmus.Testing;
using Isthmus.Trust.Access.Quotas;
using Isthmus.Trust.Keys;
using Npgsql;

namespace Isthmus.Trust.Tests.Access.Quotas;

public sealed class QuotaStoreTests : IAsyncLifetime
{
    private static readonly QuotaKey Key = new(1, "demo", "renal-app", "fhir-read", "Observation", TrafficClass.Interactive);

    /// <summary>So slow that nothing comes back while the test runs.</summary>
    private static readonly QuotaLimit Slow = new(0.0001, 10);

    private TestStore store = null!;

    private QuotaStore Buckets => new(store.For(ZoneRole.Admission));

    public async Task InitializeAsync() => store = await TestStore.CreateAsync(typeof(KeyFolder).Assembly);

    public async Task DisposeAsync() => await store.DisposeAsync();

    [Fact]
    public async Task A_bucket_gives_what_it_holds_and_no_more()
    {
        Assert.Equal([4], await GrantedAsync(new QuotaAsk(Key, Slow, 4)));
        Assert.Equal([6], await GrantedAsync(new QuotaAsk(Key, Slow, 9)));
        Assert.Equal([0], await GrantedAsync(new QuotaAsk(Key, Slow, 1)));
        Assert.Equal([1], await GrantedAsync(new QuotaAsk(Key with { Traffic = TrafficClass.Batch }, Slow, 1)));
    }

    [Fact]
    public async Task Many_buckets_are_drawn_on_at_once_and_answered_in_order()
    {
        var other = Key with { Client = "a-client-before" };
        await GrantedAsync(new QuotaAsk(other, Slow, 8));

        Assert.Equal([5, 2, 10], await GrantedAsync(new QuotaAsk(Key, Slow, 5), new QuotaAsk(other, Slow, 5), new QuotaAsk(Key with { Resource = "" }, Slow, 50)));
    }

    [Fact]
    public async Task A_bucket_fills_by_the_database_s_clock_and_never_beyond_its_burst()
    {
        await GrantedAsync(new QuotaAsk(Key, new QuotaLimit(10, 10), 10));
        await BackdateAsync("0.55 seconds");
        Assert.InRange((await GrantedAsync(new QuotaAsk(Key, new QuotaLimit(10, 10), 10)))[0], 5, 9);

        await BackdateAsync("1 hour");
        Assert.Equal([10], await GrantedAsync(new QuotaAsk(Key, new QuotaLimit(10, 10), 50)));
    }

    [Fact]
    public async Task A_clock_that_went_back_gives_nothing_and_takes_nothing()
    {
        await GrantedAsync(new QuotaAsk(Key, Slow, 3));
        await BackdateAsync("-1 hour");

        Assert.Equal([7], await GrantedAsync(new QuotaAsk(Key, Slow, 50)));
    }

    [Fact]
    public async Task A_tightened_limit_leaves_no_more_than_its_burst()
    {
        await GrantedAsync(new QuotaAsk(Key, Slow, 1));

        Assert.Equal([2], await GrantedAsync(new QuotaAsk(Key, Slow.Tightened(0.2), 50)));
    }

    [Fact]
    public async Task Many_nodes_at_once_are_given_exactly_the_limit()
    {
        var granted = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            var sum = 0;
            for (var i = 0; i < 10; i++)
            {
                sum += (await Buckets.LeaseAsync([new QuotaAsk(Key, new QuotaLimit(0.0001, 50), 1)]))[0].Granted;
            }

            return sum;
        }));

        Assert.Equal(50, granted.Sum());
    }

    [Fact]
    public async Task Only_admission_draws_and_nobody_writes_the_buckets_by_hand()
    {
        await using var read = store.For(ZoneRole.Admission).CreateCommand("UPDATE access.bucket SET tokens = 1000");
        Assert.Equal("42501", (await Assert.ThrowsAsync<PostgresException>(() => read.ExecuteNonQueryAsync())).SqlState);
        await Assert.ThrowsAsync<PostgresException>(() => new QuotaStore(store.For(ZoneRole.Operator)).LeaseAsync([new QuotaAsk(Key, Slow, 1)]));
    }

    private async Task<List<int>> GrantedAsync(params QuotaAsk[] asks) => [.. (await Buckets.LeaseAsync(asks)).Select(g => g.Granted)];

    private Task BackdateAsync(string span) => store.ExecuteAsOwnerAsync($"UPDATE access.bucket SET at = at - interval '{span}'");
}
