using System.Collections.Concurrent;
using System.Globalization;
using Isthmus.Exchange.Contracts;
using Isthmus.Testing;

namespace Isthmus.Inbound.Tests.Admission;

public sealed class DoorQuotaTests : IAsyncLifetime
{
    private readonly DoorStore store = new();

    public Task InitializeAsync() => store.InitializeAsync();

    public Task DisposeAsync() => store.DisposeAsync();

    [Fact, HostileRow("D13")]
    public async Task Fifty_in_parallel_at_twice_the_limit_are_allowed_the_limit_and_the_others_told_when_to_come_again()
    {
        const int Limit = 200;
        await using var door = new Doorway(store, contract => contract with { Quota = new Quota(1, Limit) });
        var answers = new ConcurrentBag<DoorAnswer>();
        var began = TimeProvider.System.GetTimestamp();

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 2 * Limit / 50; i++)
            {
                answers.Add(await door.AskAsync());
            }
        })));

        // What came back while it ran is allowed as well: one a second.
        var refilled = (int)TimeProvider.System.GetElapsedTime(began).TotalSeconds + 1;
        Assert.InRange(answers.Count(a => a.Status == 200), Limit, Limit + refilled);
        var refused = answers.Where(a => a.Status != 200).ToList();
        Assert.All(refused, answer =>
        {
            Assert.Equal(429, answer.Status);
            Assert.True(answer.Says("quota.exceeded"));
            Assert.True(int.Parse(answer.Headers.RetryAfter.ToString(), CultureInfo.InvariantCulture) >= 1);
            Assert.Equal("\"read-thing\";q=200;w=200", answer.Headers["RateLimit-Policy"].ToString());
            Assert.StartsWith("\"read-thing\";r=0;t=", answer.Headers["RateLimit"].ToString(), StringComparison.Ordinal);
        });
        Assert.Equal(answers.Count - refused.Count, door.Handled);
    }

    [Fact]
    public async Task Each_resource_type_and_each_class_of_traffic_has_a_bucket_of_its_own()
    {
        await using var door = new Doorway(store, contract => contract with { Quota = new Quota(1, 1) });

        Assert.Equal(200, (await door.AskAsync()).Status);
        Assert.Equal(429, (await door.AskAsync()).Status);
        Assert.Equal(200, (await door.AskAsync(Doorway.Request(target: "/things/Patient/1"))).Status);
        door.Caller = door.Caller with { Traffic = TrafficClass.Batch };
        Assert.Equal(200, (await door.AskAsync()).Status);
    }

    [Fact, HostileRow("D15")]
    public async Task While_quotas_cannot_be_counted_the_contract_says_what_happens()
    {
        const string Lease = "access.lease_tokens(smallint[], text[], text[], text[], text[], text[], double precision[], integer[], integer[], double precision[])";
        await using var refusing = new Doorway(store);
        await using var counting = new Doorway(store, contract => contract with { CountsAloneWhenUncounted = true, Quota = new Quota(1, 4) });
        await store.Store.ExecuteAsOwnerAsync($"REVOKE EXECUTE ON FUNCTION {Lease} FROM isthmus_admission");
        try
        {
            var refused = await refusing.AskAsync();
            Assert.Equal(503, refused.Status);
            Assert.True(refused.Says("quota.unavailable"));
            Assert.Contains("Quotas cannot be counted", string.Join('\n', refusing.Logs.Lines), StringComparison.Ordinal);

            // Half the limit, and not a request of it dropped.
            foreach (var expected in (int[])[200, 200, 429])
            {
                var answer = await counting.AskAsync();
                Assert.True(answer.Status == expected, answer.Body);
            }
        }
        finally
        {
            await store.Store.ExecuteAsOwnerAsync($"GRANT EXECUTE ON FUNCTION {Lease} TO isthmus_admission");
        }
    }
}
