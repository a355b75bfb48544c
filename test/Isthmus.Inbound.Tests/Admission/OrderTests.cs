using Isthmus.Inbound.Admission;
using Isthmus.Testing;
using Isthmus.Trust.Access.Switches;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Inbound.Tests.Admission;

/// <summary>The place of each step: a request that fails two is refused by the earlier, and nothing later has worked for it.</summary>
public sealed class OrderTests(DoorStore store) : IClassFixture<DoorStore>
{
    private const string Off = "client-off";

    /// <summary>Its quota of one is used up before each request under test.</summary>
    private const string Spent = "client-spent";

    /// <summary>In the order of the path: the step, its rule, and what makes a request fail there.</summary>
    private static readonly (string Step, string Rule, Action<Doorway, HttpContext> Break)[] Faults =
    [
        ("address", "http.address-too-busy", (_, call) => call.Connection.RemoteIpAddress = System.Net.IPAddress.Parse("192.0.2.66")),
        ("route", "http.path-unknown", (_, call) => call.Request.Path = "/nowhere"),
        ("content", "http.media-type-unsupported", (_, call) => call.Request.ContentType = "text/plain"),
        ("confirmed", "access.state-unconfirmed", (_, _) => { }),
        ("token", "token.invalid", (_, call) => call.Request.Headers.Authorization = "Bearer bad"),
        ("tenant", "token.elsewhere", (door, _) => door.Caller = door.Caller with { Tenant = 2 }),
        ("contract", "contract.route-not-allowed", (door, _) => door.Caller = door.Caller with { Integration = "other-app" }),
        ("client", "switch.client-off", (door, _) => door.Caller = door.Caller with { Client = Off }),
        ("quota", "quota.exceeded", (door, _) => door.Caller = door.Caller with { Client = Spent }),
        ("scope", "scope.insufficient", (door, _) => door.Caller = door.Caller with { Scopes = Doorway.Scopes("system/Patient.rs") }),
        ("body", "json.malformed", (_, call) => call.Request.Body = new MemoryStream("{\"a\""u8.ToArray())),
        ("idempotency", "idempotency.key-missing", (_, call) => call.Request.Headers.Remove("Idempotency-Key")),
    ];

    public static TheoryData<int, int> Pairs()
    {
        var pairs = new TheoryData<int, int>();
        for (var i = 0; i < Faults.Length; i++)
        {
            for (var j = i; j < Faults.Length; j++)
            {
                pairs.Add(i, j);
            }
        }

        return pairs;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task A_request_that_fails_two_steps_is_refused_by_the_earlier(int earlier, int later)
    {
        await store.OffAsync(SwitchKind.Client, Off);
        var unconfirmed = Faults[earlier].Step == "confirmed" || Faults[later].Step == "confirmed" ? await UnconfirmedAsync() : null;
        await using var door = new Doorway(
            store,
            contract => contract with { Quota = new(1, 1) },
            new AddressLimits(PerSecond: 0.0001, Burst: 2),
            unconfirmed,
            quotaShare: 0.05);
        await SpendAsync(door);
        var begunBefore = await BegunAsync();
        var (askedBefore, handledBefore) = (door.Asked, door.Handled);
        var call = Doorway.Message();

        Faults[later].Break(door, call);
        Faults[earlier].Break(door, call);
        var answer = await door.AskAsync(call);

        Assert.True(answer.Says(Faults[earlier].Rule), $"{Faults[earlier].Step} before {Faults[later].Step}: {answer.Status} {answer.Body}");
        Assert.Equal(handledBefore, door.Handled);
        Assert.Equal(Array.FindIndex(Faults, f => f.Step == "token") <= earlier ? askedBefore + 1 : askedBefore, door.Asked);
        Assert.Equal(begunBefore, await BegunAsync());
    }

    [Fact]
    public async Task The_steps_stand_in_the_order_that_is_tested()
    {
        await using var door = new Doorway(store);

        Assert.Equal(Faults.Select(f => f.Step), door.Steps);
    }

    private Task<long> BegunAsync() => store.AskAsync<long>("SELECT count(*) FROM access.idempotency");

    /// <summary>One client's quota of one, and one address's allowance of two, are used up before the request under test.</summary>
    private static async Task SpendAsync(Doorway door)
    {
        var caller = door.Caller;
        door.Caller = caller with { Client = Spent };
        await door.AskAsync(Elsewhere(Doorway.Message(key: Guid.NewGuid().ToString())));
        door.Caller = caller;
        for (var i = 0; i < 2; i++)
        {
            var call = Doorway.Request(target: "/nowhere");
            call.Connection.RemoteIpAddress = System.Net.IPAddress.Parse("192.0.2.66");
            await door.AskAsync(call);
        }
    }

    private static DefaultHttpContext Elsewhere(DefaultHttpContext call)
    {
        call.Connection.RemoteIpAddress = System.Net.IPAddress.Parse("192.0.2.1");
        return call;
    }

    /// <summary>A node that has not heard from the store for two seconds.</summary>
    private async Task<Trust.Access.State.AccessWatch> UnconfirmedAsync()
    {
        var time = new ManualTime();
        var watch = await store.StartWatchAsync(time);
        await watch.DisposeAsync();
        time.Advance(TimeSpan.FromSeconds(2));
        return watch;
    }
}
