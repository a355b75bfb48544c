using Isthmus.Store.Connections;
using Isthmus.Testing;
using Isthmus.Trust.Access.Switches;
using static Isthmus.Outbound.Tests.Deliveries.Arrangement;

namespace Isthmus.Outbound.Tests.Deliveries;

public sealed class OutgoingSwitchTests : IAsyncLifetime
{
    private readonly Guid person = Guid.NewGuid();
    private Arrangement here = null!;

    public async Task InitializeAsync() => here = await CreateAsync();

    public async Task DisposeAsync() => await here.DisposeAsync();

    [Fact]
    public async Task A_destination_that_is_switched_off_gets_nothing_loses_nothing_and_others_go_on()
    {
        var switches = new SwitchStore(here.Store.For(ZoneRole.Operator));
        await switches.OffAsync(1, SwitchKind.Destination, "ehr", "nora", "Wrong patients shown", CancellationToken.None);
        await here.GrantResearchAsync(person);
        var held = await here.QueueAsync("ehr", person, Patient(person));
        var other = await here.QueueAsync("registry", person, Document("p", 1));
        await using var zone = here.Zone();

        await RunWhileAsync(zone, async () =>
        {
            await StateBecomesAsync(other, "d 1");
            Assert.Equal("p 0", await here.StateAsync(held));

            // While it runs: off within a second, and on again with what waited.
            await switches.OffAsync(1, SwitchKind.Destination, "registry", "nora", "The same", CancellationToken.None);
            await switches.OnAsync(1, SwitchKind.Destination, "ehr", "nora", "Put right", CancellationToken.None);
            await StateBecomesAsync(held, "d 1");
            var second = await here.QueueAsync("registry", person, Document("p", 2));
            var marker = await here.QueueAsync("ehr", person, Patient(person));
            await StateBecomesAsync(marker, "d 1");
            Assert.Equal("p 0", await here.StateAsync(second));
        });
    }

    [Theory]
    [InlineData(SwitchKind.Integration, "lab-results", "p 0 switch.integration-off")]
    [InlineData(SwitchKind.Tenant, "1", "p 0")]
    public async Task What_came_under_an_integration_or_of_a_tenant_that_is_switched_off_waits_and_goes_when_it_is_on(SwitchKind kind, string target, string waiting)
    {
        var switches = new SwitchStore(here.Store.For(ZoneRole.Operator));
        await switches.OffAsync(1, kind, target, "nora", "Results of the wrong laboratory", CancellationToken.None);
        var held = await here.QueueAsync("ehr", person, Patient(person));
        await using var zone = here.Zone();

        await RunWhileAsync(zone, async () =>
        {
            await Eventually.Within(TimeSpan.FromSeconds(10), "the lane has looked", async () => kind == SwitchKind.Tenant
                ? await here.ScalarAsync("SELECT count(*) FROM store.lease WHERE zone = 'outbound' AND expires > now()") is > 0L
                : await here.StateAsync(held) == waiting);
            var before = (DateTime)(await here.ScalarAsync("SELECT clock_timestamp()"))!;
            Assert.Equal(waiting, await here.StateAsync(held));

            await switches.OnAsync(1, kind, target, "nora", "Put right", CancellationToken.None);
            await StateBecomesAsync(held, "d 1");
            Assert.True((DateTime)(await here.ColumnAsync(held, "settled"))! > before);
        });
    }

    private Task StateBecomesAsync(long delivery, string state) => Eventually.Within(
        TimeSpan.FromSeconds(10), $"delivery {delivery} is {state}", async () => await here.StateAsync(delivery) == state);
}
