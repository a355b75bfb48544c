using Isthmus.Exchange;
using Isthmus.Store.Connections;
using Isthmus.Testing;
using Isthmus.Trust.Consent;
using Isthmus.Trust.Consent.Decision;
using Isthmus.Trust.Consent.Directives;
using Npgsql;
using static Isthmus.Trust.Tests.Consent.Say;

namespace Isthmus.Trust.Tests.Consent;

public sealed class ConsentStoreTests
{
    private const short Tenant = 1;

    [Fact]
    public async Task A_recorded_consent_decides_and_its_revocation_holds_from_the_next_read_on()
    {
        await using var store = await TestStore.CreateAsync(typeof(ConsentStore).Assembly);
        var consents = new ConsentStore(store.For(ZoneRole.Mediation));
        await consents.RecordAsync(Tenant, Signed("{'type':'permit','period':{'start':'2026-01'}}"), "test", CancellationToken.None);
        Permits(await DecideFromAsync(store));

        await consents.RecordAsync(Tenant, Signed("{'type':'permit','period':{'start':'2026-01'}}", "inactive"), "test", CancellationToken.None);
        Denies(await DecideFromAsync(store), ConsentReasons.Revoked);
    }

    [Fact]
    public async Task Every_kind_of_criterion_survives_the_store()
    {
        await using var store = await TestStore.CreateAsync(typeof(ConsentStore).Assembly);
        var written = Signed($$"""
            {'type':'permit','period':{'start':'2026-01','end':'2030-01-01T00:00:00.5Z'},'dataPeriod':{'start':'2020'},
             'purpose':[{'code':'HRESCH'}],'action':[{'coding':[{'code':'disclose'}]}],'actor':[{{Actor("Organization/x")}}],
             'securityLabel':[{'code':'R'}],'class':[{'code':'Observation'}],'code':[{'coding':[{'system':'s','code':'c'}]}],
             'data':[{'meaning':'authoredby','reference':{'reference':'Practitioner/p'} }],'provision':[{'type':'deny'}]}
            """);
        await new ConsentStore(store.For(ZoneRole.Operator)).RecordAsync(Tenant, written, "test", CancellationToken.None);

        var read = Assert.Single((await LoadAsync(store))[Person]);

        Assert.Equivalent(written, read, strict: true);
    }

    [Fact]
    public async Task The_same_version_again_changes_nothing_and_is_audited_once()
    {
        await using var store = await TestStore.CreateAsync(typeof(ConsentStore).Assembly);
        var consents = new ConsentStore(store.For(ZoneRole.Operator));

        Assert.True(await consents.RecordAsync(Tenant, Signed("{'type':'permit'}"), "test", CancellationToken.None));
        Assert.False(await consents.RecordAsync(Tenant, Signed("{'type':'permit'}"), "test", CancellationToken.None));

        await using var count = store.For(ZoneRole.Operator).CreateCommand("SELECT count(*) FROM ledger.pending");
        Assert.Equal(1L, await count.ExecuteScalarAsync());
    }

    [Fact]
    public async Task Several_persons_are_read_at_once_and_strangers_are_absent()
    {
        await using var store = await TestStore.CreateAsync(typeof(ConsentStore).Assembly);
        var consents = new ConsentStore(store.For(ZoneRole.Operator));
        var other = PersonId.New();
        await consents.RecordAsync(Tenant, Signed("{'type':'permit'}"), "test", CancellationToken.None);
        await consents.RecordAsync(Tenant, Signed("{'type':'deny'}", id: "c2"), "test", CancellationToken.None);
        await consents.RecordAsync(Tenant, Signed("{'type':'deny'}", id: "c3", person: other), "test", CancellationToken.None);

        var found = await LoadAsync(store, Person, other, PersonId.New());

        Assert.Equal(2, found.Count);
        Assert.Equal(["c1", "c2"], found[Person].Select(d => d.Id));
        Assert.Empty(await new ConsentStore(store.For(ZoneRole.Outbound)).LoadAsync(2, [Person], CancellationToken.None));
    }

    [Fact]
    public async Task A_body_that_does_not_read_any_more_denies()
    {
        await using var store = await TestStore.CreateAsync(typeof(ConsentStore).Assembly);
        await new ConsentStore(store.For(ZoneRole.Operator)).RecordAsync(Tenant, Signed("{'type':'permit'}"), "test", CancellationToken.None);
        await store.ExecuteAsOwnerAsync("UPDATE consent.directive SET body = '{\"person\":{}}'");

        Denies(await DecideFromAsync(store), ConsentReasons.Unreadable);
    }

    [Fact]
    public async Task Outbound_may_read_consents_and_not_write_them()
    {
        await using var store = await TestStore.CreateAsync(typeof(ConsentStore).Assembly);
        var outbound = new ConsentStore(store.For(ZoneRole.Outbound));

        Assert.Empty(await outbound.LoadAsync(Tenant, [Person], CancellationToken.None));
        var refused = await Assert.ThrowsAsync<PostgresException>(
            () => outbound.RecordAsync(Tenant, Signed("{'type':'permit'}"), "test", CancellationToken.None));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    private static Task<IReadOnlyDictionary<PersonId, IReadOnlyList<ConsentDirective>>> LoadAsync(
        TestStore store, params PersonId[] persons) =>
        new ConsentStore(store.For(ZoneRole.Outbound)).LoadAsync(Tenant, persons.Length == 0 ? [Person] : persons, CancellationToken.None);

    private static async Task<ConsentDecision> DecideFromAsync(TestStore store) =>
        ConsentDecider.Decide(Hipaa, (await LoadAsync(store)).GetValueOrDefault(Person, []), Ask());
}
