using Isthmus.Exchange.Ledger;
using Isthmus.Store.Connections;
using Npgsql;

namespace Isthmus.Trust.Tests.Ledger;

public sealed class LedgerRightsTests(LedgerDatabase database) : IClassFixture<LedgerDatabase>
{
    private const string InsufficientPrivilege = "42501";

    [Theory]
    [InlineData(ZoneRole.Inbound)]
    [InlineData(ZoneRole.Mediation)]
    [InlineData(ZoneRole.Outbound)]
    [InlineData(ZoneRole.Workflow)]
    public async Task A_zone_reads_and_writes_no_ledger_table(ZoneRole role)
    {
        foreach (var table in new[] { "pending", "entry", "phrase", "head" })
        {
            await RefusedAsync(role, $"SELECT * FROM ledger.{table}");
            await RefusedAsync(role, $"DELETE FROM ledger.{table}");
            await RefusedAsync(role, $"INSERT INTO ledger.{table} DEFAULT VALUES");
        }

        await RefusedAsync(role, "SELECT * FROM ledger.event");
        await RefusedAsync(role, "SELECT ledger.summarise()");
    }

    [Fact]
    public async Task The_sequencer_itself_can_neither_change_nor_append()
    {
        await RefusedAsync(ZoneRole.Ledger, "UPDATE ledger.entry SET detail = NULL");
        await RefusedAsync(ZoneRole.Ledger, "DELETE FROM ledger.entry");
        await RefusedAsync(ZoneRole.Ledger, "TRUNCATE ledger.entry");
        await RefusedAsync(ZoneRole.Ledger, "UPDATE ledger.phrase SET actor = ''");
        await RefusedAsync(ZoneRole.Ledger, "INSERT INTO ledger.pending (tenant) VALUES (1)");
    }

    [Fact]
    public async Task The_operator_reads_the_chain_and_no_content_that_is_not_chained()
    {
        await using (var command = database.Store.For(ZoneRole.Operator).CreateCommand("SELECT count(*) FROM ledger.event"))
        {
            Assert.NotNull(await command.ExecuteScalarAsync());
        }

        await RefusedAsync(ZoneRole.Operator, "SELECT detail FROM ledger.pending");
        await RefusedAsync(ZoneRole.Operator, "DELETE FROM ledger.entry");
    }

    [Fact]
    public async Task Even_the_owner_is_stopped_from_changing_an_event()
    {
        foreach (var change in new[] { "UPDATE ledger.entry SET detail = NULL", "DELETE FROM ledger.phrase", "TRUNCATE ledger.entry", "DELETE FROM ledger.head" })
        {
            await using var command = database.Superuser.CreateCommand(change);
            var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync());
            Assert.StartsWith("ledger.append-only", refused.MessageText, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_event_names_the_login_that_appended_it_whatever_its_actor()
    {
        await database.AppendAsync(ZoneRole.Inbound, 9, new LedgerEvent(LedgerKinds.ResultReceived, "outbound", 1, null, "{}"));
        await database.ChainAsync();

        Assert.Equal("isthmus_inbound", await database.ScalarAsync<string>("SELECT login FROM ledger.event WHERE tenant = 9"));
    }

    [Theory]
    [InlineData("ARRAY['a','b']", "ARRAY['x']", "ARRAY['{}','{}']")]
    [InlineData("ARRAY['a',NULL]", "ARRAY['x','x']", "ARRAY['{}','{}']")]
    [InlineData("ARRAY['a','']", "ARRAY['x','x']", "ARRAY['{}','{}']")]
    [InlineData("ARRAY['a','b']", "ARRAY['x',repeat('x', 201)]", "ARRAY['{}','{}']")]
    [InlineData("ARRAY['a','b']", "ARRAY['x','x']", "ARRAY['{}',repeat('x', 8001)]")]
    public async Task A_malformed_append_fails_its_transaction(string kind, string actor, string detail)
    {
        await using var command = database.Store.For(ZoneRole.Mediation).CreateCommand(
            $"SELECT ledger.append(8::smallint, {kind}, {actor}, ARRAY[1,1]::bigint[], ARRAY[NULL,NULL]::uuid[], {detail})");

        Assert.Equal("22023", (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState);
    }

    private async Task RefusedAsync(ZoneRole role, string sql)
    {
        await using var command = database.Store.For(role).CreateCommand(sql);
        Assert.Equal(InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState);
    }
}
