using Isthmus.Testing;
using Isthmus.Trust.Access.Switches;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Inbound.Tests.Admission;

public sealed class DoorSwitchTests : IAsyncLifetime
{
    private readonly DoorStore store = new();

    public Task InitializeAsync() => store.InitializeAsync();

    public Task DisposeAsync() => store.DisposeAsync();

    [Theory, HostileRow("D22")]
    [InlineData(SwitchKind.Client, "the-client", 403, "switch.client-off")]
    [InlineData(SwitchKind.Tenant, "1", 503, "switch.tenant-off")]
    [InlineData(SwitchKind.Route, "read-thing", 503, "switch.route-off")]
    [InlineData(SwitchKind.Integration, "app", 403, "switch.integration-off")]
    [InlineData(SwitchKind.Scope, "system/Observation.r", 403, "switch.scope-off")]
    public async Task What_is_switched_off_is_refused_within_a_second_and_after_a_restart(SwitchKind kind, string target, int status, string rule)
    {
        await using var door = Door(store.Watch);
        Assert.Equal(200, (await door.AskAsync()).Status);

        await store.Switches.OffAsync(1, kind, target, "nora", "in a test", CancellationToken.None);
        await Eventually.Within(TimeSpan.FromSeconds(1), $"{kind} is off", async () => (await door.AskAsync()) is { } answer && answer.Status == status && answer.Says(rule));

        await using var watch = await store.StartWatchAsync(TimeProvider.System);
        await using var restarted = Door(watch);
        Assert.Equal(status, (await restarted.AskAsync()).Status);

        await store.Switches.OnAsync(1, kind, target, "nora", "in a test", CancellationToken.None);
        await Eventually.Within(TimeSpan.FromSeconds(1), $"{kind} is on", async () => (await door.AskAsync()).Status == 200);
        Assert.Equal(2L, await store.AskAsync<long>("SELECT count(*) FROM ledger.pending WHERE kind[1] LIKE 'switch.%' AND actor[1] = 'nora'"));
    }

    [Theory]
    [InlineData(SwitchKind.Client, "the-client", "switch.client-off")]
    [InlineData(SwitchKind.Tenant, "1", "switch.tenant-off")]
    [InlineData(SwitchKind.Route, "read-thing", "switch.route-off")]
    [InlineData(SwitchKind.Integration, "app", "switch.integration-off")]
    [InlineData(SwitchKind.Scope, "system/Observation.r", "switch.scope-off")]
    public async Task What_is_switched_off_while_a_request_is_worked_on_gives_nothing_out(SwitchKind kind, string target, string rule)
    {
        await store.RegisterAsync("the-client");
        await using var door = Door(store.Watch);
        door.Handler = async (call, _) =>
        {
            await call.Response.WriteAsync("Doe, Jane");
            await store.OffAsync(kind, target);
        };

        var answer = await door.AskAsync();

        Assert.True(answer.Says(rule), answer.Body);
        Assert.DoesNotContain("Jane", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_switched_off_while_a_request_is_on_its_way_in_has_no_effect_and_its_key_stays_free()
    {
        await store.RegisterAsync("the-client");
        await using var door = Door(store.Watch);
        door.BusinessKey = _ =>
        {
            store.OffAsync(SwitchKind.Client, "the-client").GetAwaiter().GetResult();
            return "order 4711";
        };

        var answer = await door.AskAsync(Doorway.Message(key: null));

        Assert.True(answer.Status == 403 && answer.Says("switch.client-off"), answer.Body);
        Assert.Equal(0, door.Handled);
        Assert.Equal(0L, await store.AskAsync<long>("SELECT count(*) FROM access.idempotency"));
    }

    private Doorway Door(Trust.Access.State.AccessWatch watch)
    {
        var door = new Doorway(store, watch: watch);
        door.Caller = door.Caller with { Client = "the-client" };
        return door;
    }
}
