using Isthmus.Exchange;
using Isthmus.Exchange.Ledger;
using Isthmus.Store.Connections;
using Isthmus.Trust.Ledger;

namespace Isthmus.Trust.Tests.Ledger;

public sealed class LedgerSearchTests(LedgerDatabase database) : IClassFixture<LedgerDatabase>, IAsyncLifetime
{
    private const int Messages = 5000;

    public async Task InitializeAsync()
    {
        if (await database.ScalarAsync<long>("SELECT count(*) FROM ledger.head") > 0)
        {
            return;
        }

        await database.AppendAsync(ZoneRole.Inbound, 1, [.. Enumerable.Range(1, Messages).Select(i => LedgerDatabase.Event(i, LedgerKinds.ResultReceived))]);
        await database.AppendAsync(ZoneRole.Mediation, 1, [.. Enumerable.Range(1, Messages).Select(i => LedgerDatabase.Event(i))]);
        await database.AppendAsync(ZoneRole.Operator, 1, new LedgerEvent(LedgerKinds.MessageRead, "person:ada", 17, null, """{"purpose":"treatment"}"""));
        await database.ChainAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Everything_about_a_message_is_found_newest_first()
    {
        var found = await FindAsync(new LedgerQuery(1, MessageId: 17));

        Assert.Equal([LedgerKinds.MessageRead, LedgerKinds.ConsentDecided, LedgerKinds.ResultReceived], found.Select(r => r.Kind));
        Assert.Equal("message 17 read by person:ada for treatment", found[0].Sentence);
        Assert.Equal("isthmus_operator", found[0].Login);
    }

    [Fact]
    public async Task Everything_about_a_patient_is_found()
    {
        var person = LedgerDatabase.Event(4000).Person;

        Assert.Equal([4000L, 4000L], (await FindAsync(new LedgerQuery(1, Person: person))).Select(r => r.MessageId!.Value));
        Assert.Empty(await FindAsync(new LedgerQuery(1, Person: PersonId.New())));
    }

    [Fact]
    public async Task A_rare_kind_or_actor_far_back_is_found()
    {
        Assert.Equal(Messages, (await FindAsync(new LedgerQuery(1, Kind: LedgerKinds.ResultReceived, Limit: Messages + 1))).Count);
        Assert.Equal(17, (await FindAsync(new LedgerQuery(1, Actor: "person:ada"))).Single().MessageId);
    }

    [Fact]
    public async Task Conditions_narrow_one_another_and_the_limit_keeps_the_newest()
    {
        Assert.Single(await FindAsync(new LedgerQuery(1, MessageId: 17, Kind: LedgerKinds.ResultReceived)));
        var newest = await FindAsync(new LedgerQuery(1, Limit: 3));
        Assert.Equal([10_001L, 10_000L, 9_999L], newest.Select(r => r.Seq));
    }

    [Fact]
    public async Task Since_leaves_out_what_came_before()
    {
        var read = (await FindAsync(new LedgerQuery(1, Limit: 1))).Single();

        Assert.Equal(read.Seq, (await FindAsync(new LedgerQuery(1, Since: read.At))).Single().Seq);
        Assert.Empty(await FindAsync(new LedgerQuery(1, Since: read.At.AddSeconds(1))));
    }

    [Fact]
    public async Task Another_tenants_events_are_not_found() => Assert.Empty(await FindAsync(new LedgerQuery(2)));

    private Task<IReadOnlyList<LedgerRecord>> FindAsync(LedgerQuery query) =>
        new LedgerSearch(database.Store.For(ZoneRole.Operator)).FindAsync(query, CancellationToken.None);
}
