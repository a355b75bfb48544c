using System.Diagnostics.Metrics;
using Isthmus.Exchange.Contracts;
using Isthmus.Testing;
using Isthmus.Trust.Access.Quotas;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Isthmus.Trust.Tests.Access.Quotas;

/// <summary>A node's part of the quotas over a shared bucket whose clock the test turns.</summary>
public sealed class QuotaBookTests : IAsyncDisposable
{
    private static readonly QuotaKey Key = new(1, "demo", "renal-app", "fhir-read", "Observation", TrafficClass.Interactive);
    private static readonly QuotaLimit Ten = new(2, 10);

    private readonly ManualTime time = new() { WaitsReally = true };
    private readonly SharedBuckets shared;
    private readonly Meter meter = new("test");
    private readonly Counter<long> counter;
    private readonly List<QuotaBook> books = [];

    public QuotaBookTests()
    {
        shared = new SharedBuckets(time);
        counter = meter.CreateCounter<long>("uncounted");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var book in books)
        {
            await book.DisposeAsync();
        }

        meter.Dispose();
    }

    [Theory]
    [InlineData(10)]
    [InlineData(1000)]
    public async Task Fifty_parallel_requests_at_twice_the_limit_are_allowed_exactly_the_limit(int burst)
    {
        var book = Book();
        var limit = new QuotaLimit(1, burst);
        var verdicts = new System.Collections.Concurrent.ConcurrentBag<QuotaVerdict>();

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 2 * burst / 50 + 1; i++)
            {
                verdicts.Add(await TakeAsync(book, limit: limit));
            }
        })));

        Assert.Equal(burst, verdicts.Count(v => v.IsAllowed));
        Assert.All(verdicts.Where(v => !v.IsAllowed), v => Assert.Equal(QuotaRules.Exceeded, v.Refusal));
    }

    [Fact]
    public async Task Two_nodes_together_hold_the_limit()
    {
        var (one, two) = (Book(), Book());
        var limit = new QuotaLimit(1, 1000);
        var allowed = 0;

        for (var i = 0; i < 1000; i++)
        {
            allowed += (await TakeAsync(one, limit: limit)).IsAllowed ? 1 : 0;
            allowed += (await TakeAsync(two, limit: limit)).IsAllowed ? 1 : 0;
        }

        Assert.InRange(allowed, 990, 1000);
    }

    [Fact]
    public async Task A_refused_client_may_come_again_when_it_was_told()
    {
        var book = Book();
        await SpendAsync(book, 10);

        var refused = await TakeAsync(book);
        Assert.False(refused.IsAllowed);
        Assert.Equal(TimeSpan.FromSeconds(0.5), refused.RetryAfter);
        Assert.Equal("1", refused.RetryAfterField());

        time.Advance(refused.RetryAfter);
        Assert.True((await TakeAsync(book)).IsAllowed);
        Assert.False((await TakeAsync(book)).IsAllowed);
    }

    [Fact]
    public async Task A_client_that_is_refused_costs_the_store_nothing()
    {
        var book = Book();
        await SpendAsync(book, 10);
        await TakeAsync(book);
        var before = shared.Calls;

        for (var i = 0; i < 100; i++)
        {
            Assert.False((await TakeAsync(book)).IsAllowed);
        }

        Assert.Equal(before, shared.Calls);
    }

    [Fact]
    public async Task One_client_s_noise_is_not_another_s()
    {
        var book = Book();
        await SpendAsync(book, 10);

        Assert.False((await TakeAsync(book)).IsAllowed);
        Assert.True((await TakeAsync(book, Key with { Client = "other" })).IsAllowed);
        Assert.True((await TakeAsync(book, Key with { Tenant = 2 })).IsAllowed);
        Assert.True((await TakeAsync(book, Key with { Environment = "test" })).IsAllowed);
        Assert.True((await TakeAsync(book, Key with { Resource = "Patient" })).IsAllowed);
        Assert.True((await TakeAsync(book, Key with { Traffic = TrafficClass.Batch })).IsAllowed);
    }

    [Fact]
    public async Task A_limit_that_is_tightened_holds_at_once_and_comes_back()
    {
        var book = Book();
        await SpendAsync(book, 2);

        var tight = Ten.Tightened(0.2);
        Assert.Equal((0.4, 2, 0.2), (tight.PerSecond, tight.Burst, tight.Share));
        Assert.True((await TakeAsync(book, limit: tight)).IsAllowed);
        Assert.True((await TakeAsync(book, limit: tight)).IsAllowed);
        Assert.False((await TakeAsync(book, limit: tight)).IsAllowed);

        time.Advance(TimeSpan.FromSeconds(5));
        await SpendAsync(book, 10);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(-1.0)]
    public void However_hard_pressed_a_trickle_goes_through(double share) =>
        Assert.Equal((0.1, 1, 0.05), (Ten.Tightened(share).PerSecond, Ten.Tightened(share).Burst, Ten.Tightened(share).Share));

    [Fact]
    public async Task What_is_left_is_told_as_the_draft_writes_it()
    {
        var book = Book();
        await SpendAsync(book, 3);
        var verdict = await TakeAsync(book);

        Assert.Equal("\"fhir-read\";q=10;w=5", verdict.PolicyField("fhir-read"));
        Assert.Equal("\"fhir-read\";r=6;t=2", verdict.LimitField("fhir-read"));
    }

    [Fact]
    public async Task With_the_store_down_a_route_refuses_or_counts_here_by_its_policy_and_an_alarm_is_raised()
    {
        long alarms = 0;
        using var listener = new MeterListener { InstrumentPublished = (instrument, to) => { if (instrument == counter) { to.EnableMeasurementEvents(instrument); } } };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref alarms, value));
        listener.Start();
        var book = Book();
        shared.IsDown = true;

        var refused = await book.TakeAsync(Key, Ten, WhenUncounted.Refuse, CancellationToken.None);
        Assert.Equal(QuotaRules.Unavailable, refused.Refusal);

        var allowed = 0;
        for (var i = 0; i < 20; i++)
        {
            allowed += (await book.TakeAsync(Key, Ten, WhenUncounted.CountHere, CancellationToken.None)).IsAllowed ? 1 : 0;
        }

        Assert.Equal(5, allowed);
        Assert.Equal(21, Interlocked.Read(ref alarms));

        shared.IsDown = false;
        Assert.True((await TakeAsync(book)).IsAllowed);
    }

    private QuotaBook Book()
    {
        var book = new QuotaBook(shared.LeaseAsync, new QuotaAlarm(NullLogger.Instance, counter, time), time);
        books.Add(book);
        return book;
    }

    private static ValueTask<QuotaVerdict> TakeAsync(QuotaBook book, QuotaKey? key = null, QuotaLimit? limit = null) =>
        book.TakeAsync(key ?? Key, limit ?? Ten, WhenUncounted.Refuse, CancellationToken.None);

    private static async Task SpendAsync(QuotaBook book, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.True((await TakeAsync(book)).IsAllowed);
        }
    }

    /// <summary>The rows of access.bucket, without a database; QuotaStoreTests holds the real ones to the same.</summary>
    private sealed class SharedBuckets(TimeProvider time)
    {
        private readonly Dictionary<QuotaKey, (double Tokens, long At)> rows = [];
        private readonly Lock gate = new();

        public bool IsDown { get; set; }

        public int Calls { get; private set; }

        public Task<IReadOnlyList<QuotaGrant>> LeaseAsync(IReadOnlyList<QuotaAsk> asks)
        {
            lock (gate)
            {
                Calls++;
                return IsDown
                    ? throw new NpgsqlException("down")
                    : Task.FromResult<IReadOnlyList<QuotaGrant>>([.. asks.Select(Grant)]);
            }
        }

        private QuotaGrant Grant(QuotaAsk ask)
        {
            var now = time.GetTimestamp();
            var held = rows.TryGetValue(ask.Key, out var row)
                ? Math.Min(ask.Limit.Burst, row.Tokens + time.GetElapsedTime(row.At, now).TotalSeconds * ask.Limit.PerSecond)
                : ask.Limit.Burst;
            var granted = Math.Min(ask.Wanted, (int)Math.Floor(held));
            rows[ask.Key] = (held - granted, now);
            return new QuotaGrant(granted, held - granted);
        }
    }
}
