using Isthmus.Store.Connections;
using Isthmus.Testing;
using Npgsql;

namespace Isthmus.Store.Tests.Journal;

/// <summary>The journal lies in days: made ahead, dropped when past the retention and settled.</summary>
public sealed class JournalDaysTests : IAsyncLifetime
{
    private TestStore store = null!;

    public async Task InitializeAsync() => store = await TestStore.CreateAsync();

    public async Task DisposeAsync() => await store.DisposeAsync();

    [Fact]
    public async Task Days_are_made_a_week_ahead_and_making_them_again_is_harmless()
    {
        var made = await AskAsync("SELECT count(*) FROM pg_inherits WHERE inhparent = 'exchange.journal'::regclass");
        await Async(ZoneRole.Inbound, "SELECT exchange.make_journal_partitions(8)");

        Assert.Equal(made, await AskAsync("SELECT count(*) FROM pg_inherits WHERE inhparent = 'exchange.journal'::regclass"));
        for (var day = -1; day <= 7; day++)
        {
            await AddAsync($"{day} days", settled: true);
        }
    }

    [Fact]
    public async Task A_settled_day_past_the_retention_is_dropped_and_the_others_stay()
    {
        await MakeDayAsync("-40 days");
        await AddAsync("-40 days", settled: true);
        await AddAsync("0 days", settled: true);

        Assert.Equal(1, await Async(ZoneRole.Mediation, "SELECT exchange.drop_settled_journal(interval '30 days')"));
        Assert.Equal(1, await AskAsync("SELECT count(*) FROM exchange.journal"));
    }

    [Fact]
    public async Task A_day_with_something_that_waits_stays_whatever_its_age()
    {
        await MakeDayAsync("-40 days");
        await AddAsync("-40 days", settled: false);

        Assert.Equal(0, await Async(ZoneRole.Mediation, "SELECT exchange.drop_settled_journal(interval '30 days')"));
        Assert.Equal(1, await AskAsync("SELECT count(*) FROM exchange.journal"));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-100 years")]
    public async Task A_captured_zone_cannot_drop_the_last_day_or_forget_it(string keep)
    {
        await AddAsync("0 days", settled: true);
        await store.ExecuteAsOwnerAsync("INSERT INTO exchange.seen VALUES (1, gen_random_uuid(), 1, now())");

        Assert.Equal(0, await Async(ZoneRole.Mediation, $"SELECT exchange.drop_settled_journal(interval '{keep}')"));
        await Async(ZoneRole.Inbound, $"SELECT exchange.forget_seen(interval '{keep}')");
        Assert.Equal(1, await AskAsync("SELECT count(*) FROM exchange.journal"));
        Assert.Equal(1, await AskAsync("SELECT count(*) FROM exchange.seen"));
    }

    [Fact]
    public async Task The_edge_drops_nothing_of_what_it_journalled()
    {
        var refused = await Assert.ThrowsAsync<PostgresException>(() => Async(ZoneRole.Inbound, "SELECT exchange.drop_settled_journal(interval '30 days')"));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task Answers_past_the_window_are_forgotten_and_the_others_stay()
    {
        await store.ExecuteAsOwnerAsync(
            "INSERT INTO exchange.seen SELECT i, gen_random_uuid(), i, now() - i * interval '1 day' FROM generate_series(1, 10) i");

        await Async(ZoneRole.Inbound, "SELECT exchange.forget_seen(interval '7 days')");

        Assert.Equal(6, await AskAsync("SELECT count(*) FROM exchange.seen"));
    }

    private Task MakeDayAsync(string ago) => store.ExecuteAsOwnerAsync(
        $"""
        DO $$ DECLARE day date := ((now() + interval '{ago}') AT TIME ZONE 'UTC')::date; BEGIN
            EXECUTE format('CREATE TABLE exchange.journal_%s PARTITION OF exchange.journal FOR VALUES FROM (%L) TO (%L)',
                to_char(day, 'YYYYMMDD'), day::text || ' 00:00:00+00', (day + 1)::text || ' 00:00:00+00');
        END $$
        """);

    private Task AddAsync(string ago, bool settled) => store.ExecuteAsOwnerAsync(
        $"""
        INSERT INTO exchange.journal (id, received, tenant, seal_key, seal_nonce, size, source, control_id, content, order_key, reused, body)
        VALUES (1, now() + interval '{ago}', 1, 1, 1, 1, 's', 'c', gen_random_uuid(), 1, false, '');
        """ + (settled ? "" : $"INSERT INTO exchange.inbox (id, received, order_key, partition) VALUES (1, now() + interval '{ago}', 1, 1)"));

    private async Task<long> Async(ZoneRole role, string sql)
    {
        await using var command = store.For(role).CreateCommand(sql);
        return await command.ExecuteScalarAsync() is int count ? count : 0;
    }

    private async Task<long> AskAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(store.OwnerAddress + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
