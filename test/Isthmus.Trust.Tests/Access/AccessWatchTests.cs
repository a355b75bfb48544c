using Isthmus.Store.Connections;
using Isthmus.Testing;
using Isthmus.Trust.Access.State;
using Isthmus.Trust.Access.Switches;
using Isthmus.Trust.Clients;
using Isthmus.Trust.Tests.Clients;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Isthmus.Trust.Tests.Access;

public sealed class AccessWatchTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(ZoneRole.Admission)]
    [InlineData(ZoneRole.Tokens)]
    public async Task A_node_learns_of_an_approval_and_of_a_revocation_by_itself(ZoneRole role)
    {
        await using var arranged = await Arranged.CreateAsync();
        await using var watch = await StartAsync(arranged.For(role));
        var now = TimeProvider.System.GetUtcNow();

        var id = await arranged.ApprovedAsync();
        await Eventually.Within(Limit, "the approval", () => watch.Current.ActiveClient(id, now) is not null);
        await arranged.Registry.RevokeAsync(id, "anna", "left", default);
        await Eventually.Within(Limit, "the revocation", () => watch.Current.ActiveClient(id, now) is null);

        Assert.True(watch.IsConfirmed);
        Assert.Equal(ClientState.Revoked, watch.Current.Clients[id].State);
    }

    [Fact]
    public async Task A_node_learns_of_a_switch_within_a_second_and_one_that_starts_later_knows_it()
    {
        await using var arranged = await Arranged.CreateAsync();
        await using var watch = await StartAsync(arranged.For(ZoneRole.Admission));
        var switches = new SwitchStore(arranged.For(ZoneRole.Operator));

        await switches.OffAsync(1, SwitchKind.Client, "renal-app", "nora", "stolen key", default);
        await Eventually.Within(TimeSpan.FromSeconds(1), "the switch", () => watch.Current.Switches.IsOff(1, SwitchKind.Client, "renal-app"));
        await using var restarted = await StartAsync(arranged.For(ZoneRole.Admission));
        Assert.True(restarted.Current.Switches.IsOff(1, SwitchKind.Client, "renal-app"));

        await switches.OnAsync(1, SwitchKind.Client, "renal-app", "nora", "found", default);
        await Eventually.Within(TimeSpan.FromSeconds(1), "on again", () => !watch.Current.Switches.IsOff(1, SwitchKind.Client, "renal-app"));
    }

    [Fact]
    public async Task Keys_that_were_changed_behind_our_back_prove_nothing()
    {
        await using var arranged = await Arranged.CreateAsync();
        var id = await arranged.ApprovedAsync();
        await arranged.ExecuteAsOwnerAsync(
            $"""
            ALTER TABLE access.client DISABLE TRIGGER keep_client;
            UPDATE access.client SET keys = replace(keys, '"k1"', '"k2"') WHERE id = '{id}';
            """);
        await using var watch = await StartAsync(arranged.For(ZoneRole.Admission));

        Assert.Empty(watch.Current.Clients[id].Credential.Keys!.Keys);
    }

    [Fact]
    public async Task A_node_that_asks_no_more_is_not_confirmed_after_a_second()
    {
        await using var arranged = await Arranged.CreateAsync();
        var time = new ManualTime();
        var watch = await AccessWatch.StartAsync(arranged.For(ZoneRole.Admission), time, NullLogger.Instance, CancellationToken.None);
        await watch.DisposeAsync();
        Assert.True(watch.IsConfirmed);

        time.Advance(AccessWatch.Trusted);

        Assert.False(watch.IsConfirmed);
    }

    [Fact]
    public async Task Whoever_waits_for_a_store_that_has_fallen_silent_is_told_after_a_second_and_the_next_answer_counts_again()
    {
        await using var arranged = await Arranged.CreateAsync();
        var time = new ManualTime();
        await using var watch = await AccessWatch.StartAsync(arranged.For(ZoneRole.Admission), time, NullLogger.Instance, CancellationToken.None);
        var silent = new TaskCompletionSource<bool>();
        var waiting = watch.WhileConfirmedAsync(silent.Task);
        Assert.False(waiting.IsCompleted);

        time.Advance(AccessWatch.Trusted);

        await Assert.ThrowsAsync<TimeoutException>(() => waiting);
        await watch.ConfirmAsync(CancellationToken.None);
        var again = watch.WhileConfirmedAsync(silent.Task);
        Assert.False(again.IsCompleted);
        silent.SetResult(true);
        Assert.True(await again);
    }

    private static Task<AccessWatch> StartAsync(NpgsqlDataSource source) =>
        AccessWatch.StartAsync(source, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
}
