using Isthmus.Store.Connections;
using Isthmus.Testing;
using Isthmus.Trust.Access.Switches;

namespace Isthmus.Inbound.Tests.Receiving;

/// <summary>What an operator switches off is refused at every listener within a second, to be sent again, and taken in once it is on.</summary>
public sealed class SwitchTests : IAsyncLifetime
{
    private TestStore store = null!;

    public async Task InitializeAsync() => store = await RunningEdge.NewStoreAsync();

    public async Task DisposeAsync() => await store.DisposeAsync();

    [Theory]
    [InlineData(SwitchKind.Integration, "lab-results", "switch.integration-off")]
    [InlineData(SwitchKind.Tenant, "1", "switch.tenant-off")]
    public async Task Over_MLLP_it_is_answered_AR_and_AA_once_it_is_on_again(SwitchKind kind, string target, string rule)
    {
        await using var edge = RunningEdge.Start(store);
        await using var sender = await edge.ConnectAsync();
        var id = Results.NewId();
        async Task BecomesAsync(string code, string because) => await Eventually.Within(TimeSpan.FromSeconds(1), code, async () =>
            await sender.AskAsync(Results.Message(code == "AA" ? id : Results.NewId())) is var answer && (answer.Code, answer.Rule) == (code, because));

        await BecomesAsync("AA", "");
        await TurnAsync(off: true, kind, target);
        await BecomesAsync("AR", rule);
        var kept = await edge.AskAsync<long>("SELECT count(*) FROM exchange.journal");
        Assert.Equal("AR", (await sender.AskAsync(Results.Message(Results.NewId()))).Code);
        Assert.Equal(kept, await edge.AskAsync<long>("SELECT count(*) FROM exchange.journal"));

        await TurnAsync(off: false, kind, target);
        await BecomesAsync("AA", "");
    }

    [Fact]
    public async Task Over_HTTP_it_is_503_with_AR_and_the_other_integrations_go_on()
    {
        await using var edge = RunningEdge.Start(store, site => site.OverHttp());
        using var sender = new HttpSender();

        await TurnAsync(off: true, SwitchKind.Integration, "lab-results");
        await Eventually.Within(TimeSpan.FromSeconds(1), "off", async () =>
        {
            using var answer = await sender.PostAsync(edge, Results.Message(Results.NewId()));
            return (int)answer.StatusCode == 503 && (await answer.Content.ReadAsStringAsync()).Contains("switch.integration-off", StringComparison.Ordinal);
        });

        await TurnAsync(off: false, SwitchKind.Integration, "lab-results");
        await TurnAsync(off: true, SwitchKind.Integration, "another");
        await Eventually.Within(TimeSpan.FromSeconds(1), "on", async () =>
        {
            using var answer = await sender.PostAsync(edge, Results.Message(Results.NewId()));
            return answer.IsSuccessStatusCode;
        });
    }

    private async Task TurnAsync(bool off, SwitchKind kind, string target)
    {
        var switches = new SwitchStore(store.For(ZoneRole.Operator));
        await (off
            ? switches.OffAsync(1, kind, target, "nora", "in a test", CancellationToken.None)
            : switches.OnAsync(1, kind, target, "nora", "in a test", CancellationToken.None));
    }
}
