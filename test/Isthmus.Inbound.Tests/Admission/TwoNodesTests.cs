using System.Security.Cryptography;
using Isthmus.Exchange.Contracts;
using Isthmus.Store.Connections;
using Isthmus.Testing;
using Isthmus.Trust.Access.Idempotency;
using Isthmus.Trust.Access.State;
using Isthmus.Trust.Access.Switches;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Isthmus.Inbound.Tests.Admission;

/// <summary>Two nodes on one database, of which one hangs on a cord that can be cut.</summary>
public sealed class TwoNodesTests : IAsyncLifetime
{
    private readonly DoorStore store = new();
    private readonly AnswerCipher answers = new(RandomNumberGenerator.GetBytes(32));
    private StoreCord cord = null!;
    private StoreAccess farStore = null!;
    private AccessWatch farWatch = null!;

    public async Task InitializeAsync()
    {
        await store.InitializeAsync();
        cord = new StoreCord(store.Store.OwnerAddress);
        farStore = StoreAccess.Open(cord.Address, store.Store.Credentials, ZoneRole.Admission);
        farWatch = await AccessWatch.StartAsync(farStore.For(ZoneRole.Admission), TimeProvider.System, NullLogger.Instance, CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await farWatch.DisposeAsync();
        await farStore.DisposeAsync();
        await cord.DisposeAsync();
        await store.DisposeAsync();
    }

    [Fact]
    public async Task A_client_that_goes_to_both_gets_its_quota_once()
    {
        var (near, far) = Nodes(new Quota(1, 200));
        await using var _ = near;
        await using var __ = far;
        var began = TimeProvider.System.GetTimestamp();
        var allowed = 0;

        for (var i = 0; i < 200; i++)
        {
            allowed += (await near.AskAsync()).Status == 200 ? 1 : 0;
            allowed += (await far.AskAsync()).Status == 200 ? 1 : 0;
        }

        var refilled = (int)TimeProvider.System.GetElapsedTime(began).TotalSeconds + 1;
        Assert.InRange(allowed, 198, 200 + refilled);
    }

    [Fact]
    public async Task A_repeat_at_the_other_node_has_no_second_effect()
    {
        var (near, far) = Nodes(new Quota(1000, 1000));
        await using var _ = near;
        await using var __ = far;
        near.Handler = far.Handler = static async (call, _) =>
        {
            call.Response.StatusCode = StatusCodes.Status201Created;
            await call.Response.WriteAsync("taken");
        };

        var got = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => (i % 2 == 0 ? near : far).AskAsync(Doorway.Message())));

        Assert.All(got, answer => Assert.Equal((201, "taken"), (answer.Status, answer.Body)));
        Assert.Equal(1, near.Handled + far.Handled);
    }

    [Fact, HostileRow("D22")]
    public async Task A_switch_holds_at_both_within_a_second_and_a_node_that_is_cut_off_lets_nobody_in_at_all()
    {
        var (near, far) = Nodes(new Quota(1000, 1000));
        await using var _ = near;
        await using var __ = far;
        Assert.Equal((200, 200), ((await near.AskAsync()).Status, (await far.AskAsync()).Status));

        await store.Switches.OffAsync(1, SwitchKind.Route, "send-message", "nora", "in a test", CancellationToken.None);
        await Eventually.Within(TimeSpan.FromSeconds(1), "off at both", async () =>
            (await near.AskAsync(Doorway.Message())).Says("switch.route-off") && (await far.AskAsync(Doorway.Message())).Says("switch.route-off"));

        cord.Cut();
        await Eventually.Within(TimeSpan.FromSeconds(1.5), "the node refuses", async () =>
            (await far.AskAsync()) is { Status: 503 } answer && answer.Says("access.state-unconfirmed"));
        var handled = far.Handled;
        Assert.Equal(503, (await far.AskAsync()).Status);
        Assert.Equal(handled, far.Handled);
        Assert.Equal(200, (await near.AskAsync()).Status);

        cord.Mend();
        await Eventually.Within(TimeSpan.FromSeconds(10), "the node is back", async () => (await far.AskAsync()).Status == 200);
    }

    private (Doorway Near, Doorway Far) Nodes(Quota quota)
    {
        var near = new Doorway(store, contract => contract with { Quota = quota }, answers: answers);
        var far = new Doorway(store, contract => contract with { Quota = quota }, watch: farWatch, answers: answers, source: farStore.For(ZoneRole.Admission));
        far.Caller = near.Caller;
        return (near, far);
    }
}
