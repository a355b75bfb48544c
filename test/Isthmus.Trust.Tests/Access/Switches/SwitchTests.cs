using Isthmus.Store.Connections;
using Isthmus.Testing;
using Isthmus.Trust.Access;
using Isthmus.Trust.Access.Switches;
using Isthmus.Trust.Keys;
using Npgsql;

namespace Isthmus.Trust.Tests.Access.Switches;

public sealed class SwitchTests : IAsyncLifetime
{
    private TestStore store = null!;

    private SwitchStore Operator => new(store.For(ZoneRole.Operator));

    public async Task InitializeAsync() => store = await TestStore.CreateAsync(typeof(KeyFolder).Assembly);

    public async Task DisposeAsync() => await store.DisposeAsync();

    [Fact]
    public async Task What_is_switched_off_is_seen_by_every_zone_that_heeds_it_with_who_and_why()
    {
        Assert.True(await OffAsync(SwitchKind.Client, "renal-app"));

        foreach (var role in (ZoneRole[])[ZoneRole.Admission, ZoneRole.Tokens, ZoneRole.Outbound])
        {
            var found = Assert.Single(await new SwitchStore(store.For(role)).ListAsync(CancellationToken.None));
            Assert.Equal((SwitchKind.Client, "renal-app", "nora", "Key on a stolen laptop"), (found.Kind, found.Target, found.OffBy, found.Reason));
        }
    }

    [Fact]
    public async Task Each_turn_raises_the_epoch_and_is_told_to_the_ledger_once()
    {
        var before = await LongAsync("SELECT epoch FROM access.epoch");

        Assert.True(await OffAsync(SwitchKind.Route, "fhir-read"));
        Assert.False(await OffAsync(SwitchKind.Route, "fhir-read"));
        Assert.True(await Operator.OnAsync(1, SwitchKind.Route, "fhir-read", "omar", "Found again", CancellationToken.None));
        Assert.False(await Operator.OnAsync(1, SwitchKind.Route, "fhir-read", "omar", "Found again", CancellationToken.None));

        Assert.Equal(before + 2, await LongAsync("SELECT epoch FROM access.epoch"));
        Assert.Equal(1, await LongAsync("SELECT count(*) FROM ledger.pending WHERE kind = '{switch.off}' AND actor = '{nora}' AND detail::text LIKE '%stolen laptop%'"));
        Assert.Equal(1, await LongAsync("SELECT count(*) FROM ledger.pending WHERE kind = '{switch.on}' AND actor = '{omar}'"));
    }

    [Fact]
    public async Task Nobody_but_an_operator_turns_a_switch_and_nobody_without_a_reason()
    {
        foreach (var role in ZoneRoles.All.Where(r => r != ZoneRole.Operator))
        {
            await Assert.ThrowsAsync<PostgresException>(() => new SwitchStore(store.For(role)).OffAsync(1, SwitchKind.Tenant, "1", "x", "y", CancellationToken.None));
        }

        await Assert.ThrowsAsync<PostgresException>(() => Operator.OffAsync(1, SwitchKind.Tenant, "1", "nora", "", CancellationToken.None));
        await Assert.ThrowsAsync<PostgresException>(() => Operator.OffAsync(1, SwitchKind.Tenant, "1", "", "why", CancellationToken.None));
    }

    [Theory]
    [InlineData("system/Observation.rs", "Observation", Interactions.Read, true)]
    [InlineData("system/*.s", "Patient", Interactions.Search, true)]
    [InlineData("system/Observation.rs", "Patient", Interactions.Read, false)]
    [InlineData("system/Observation.c", "Observation", Interactions.Read, false)]
    [InlineData("patient/Observation.rs", "Observation", Interactions.Read, false)]
    [InlineData("system/Observation.rs?category=laboratory", "Observation", Interactions.Read, true)]
    public void A_scope_that_is_off_stops_what_it_grants(string scope, string type, Interactions interaction, bool stops) =>
        Assert.Equal(stops, Board(SwitchKind.Scope, scope).IsOff(1, ScopeLevel.System, AccessNeed.To((type, interaction))));

    [Fact]
    public void An_operation_stops_with_any_scope_that_is_off_and_with_its_own_word()
    {
        Assert.True(Board(SwitchKind.Scope, "system/Patient.r").IsOff(1, ScopeLevel.System, AccessNeed.Invoke("$export")));
        Assert.True(Board(SwitchKind.Scope, "hl7v2:send").IsOff(1, ScopeLevel.System, AccessNeed.Hold("hl7v2:send")));
        Assert.False(Board(SwitchKind.Scope, "hl7v2:send").IsOff(1, ScopeLevel.System, AccessNeed.To(("Patient", Interactions.Read))));
    }

    [Fact]
    public void A_switch_stops_its_own_tenant_only()
    {
        var board = Board(SwitchKind.Client, "renal-app");

        Assert.True(board.IsOff(1, SwitchKind.Client, "renal-app"));
        Assert.False(board.IsOff(2, SwitchKind.Client, "renal-app"));
        Assert.False(board.IsOff(1, SwitchKind.Integration, "renal-app"));
    }

    private Task<bool> OffAsync(SwitchKind kind, string target) =>
        Operator.OffAsync(1, kind, target, "nora", "Key on a stolen laptop", CancellationToken.None);

    private static SwitchBoard Board(SwitchKind kind, string target) =>
        SwitchBoard.Of([new Switch(1, kind, target, DateTime.UnixEpoch, "nora", "why")]);

    private async Task<long> LongAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(store.OwnerAddress);
        await using var command = source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
