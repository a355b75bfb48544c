using Isthmus.Store.Connections;
using Isthmus.Testing;
using Isthmus.Trust.Ledger;

namespace Isthmus.Trust.Tests.Ledger;

/// <summary>What someone with every right on the database does to a chain of thirty events is found, and where.</summary>
public sealed class TamperTests(LedgerDatabase database) : IClassFixture<LedgerDatabase>, IAsyncLifetime
{
    private const int Events = 30;

    /// <summary>Each test has a chain of its own.</summary>
    private static int tenants;

    private readonly short tenant = (short)Interlocked.Increment(ref tenants);

    public Task InitializeAsync() => AppendAsync(1, Events);

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task An_untouched_chain_verifies()
    {
        var verdict = await database.VerifyAsync(tenant);

        Assert.True(verdict.Verified);
        Assert.Equal(Events, verdict.Events);
        Assert.Equal(Events, verdict.Head.Seq);
        Assert.Null(verdict.Fault);
    }

    [Theory, HostileRow("G01")]
    [InlineData("UPDATE ledger.entry SET detail = '{}' WHERE tenant = @ AND seq = 12", 12, LedgerRules.Altered)]
    [InlineData("UPDATE ledger.entry SET at = at - interval '1 microsecond' WHERE tenant = @ AND seq = 12", 12, LedgerRules.Altered)]
    [InlineData("UPDATE ledger.entry SET person = NULL WHERE tenant = @ AND seq = 1", 1, LedgerRules.Altered)]
    [InlineData("UPDATE ledger.entry SET message_id = 99 WHERE tenant = @ AND seq = 30", 30, LedgerRules.Altered)]
    [InlineData("UPDATE ledger.entry SET hash = sha256('x') WHERE tenant = @ AND seq = 12", 12, LedgerRules.Altered)]
    [InlineData("UPDATE ledger.phrase SET actor = 'somebody' WHERE actor = 'actor @'", 1, LedgerRules.Altered)]
    [InlineData("DELETE FROM ledger.phrase WHERE actor = 'actor @'", 1, LedgerRules.WordsGone)]
    [InlineData("DELETE FROM ledger.entry WHERE tenant = @ AND seq = 12", 12, LedgerRules.Missing)]
    [InlineData("DELETE FROM ledger.entry WHERE tenant = @ AND seq = 1", 1, LedgerRules.Missing)]
    [InlineData("DELETE FROM ledger.entry WHERE tenant = @ AND seq > 25", 26, LedgerRules.TailMissing)]
    [InlineData("DELETE FROM ledger.entry WHERE tenant = @", 1, LedgerRules.TailMissing)]
    [InlineData("UPDATE ledger.entry SET seq = CASE seq WHEN 12 THEN 13 ELSE 12 END WHERE tenant = @ AND seq IN (12, 13)", 12, LedgerRules.Altered)]
    [InlineData("INSERT INTO ledger.entry SELECT * FROM ledger.entry WHERE tenant = @ AND seq = 12", 12, LedgerRules.Repeated)]
    [InlineData("INSERT INTO ledger.entry SELECT 31, at, message_id, person, phrase, tenant, hash, detail FROM ledger.entry WHERE tenant = @ AND seq = 30", 31, LedgerRules.BeyondHead)]
    [InlineData("DELETE FROM ledger.head WHERE tenant = @", 1, LedgerRules.BeyondHead)]
    [InlineData("UPDATE ledger.head SET hash = sha256('x') WHERE tenant = @", 30, LedgerRules.HeadAltered)]
    [InlineData("UPDATE ledger.entry SET tenant = 30000 WHERE tenant = @ AND seq = 12", 12, LedgerRules.Missing)]
    public async Task A_change_is_found_at_its_place(string change, long seq, string rule)
    {
        await database.TamperAsync(change.Replace("@", $"{tenant}", StringComparison.Ordinal));

        var verdict = await database.VerifyAsync(tenant);

        Assert.False(verdict.Verified);
        Assert.Equal(seq, verdict.Fault!.Seq);
        Assert.Equal(rule, verdict.Fault.Rule);
        Assert.NotEmpty(verdict.Fault.Text);
    }

    [Fact]
    public async Task A_tail_cut_together_with_its_head_is_found_by_an_anchor()
    {
        var noted = (await database.VerifyAsync(tenant)).Head;
        await database.TamperAsync(
            $"""
            WITH gone AS (DELETE FROM ledger.entry WHERE tenant = {tenant} AND seq > 25)
            UPDATE ledger.head SET seq = 25, hash = (SELECT hash FROM ledger.entry WHERE tenant = {tenant} AND seq = 25) WHERE tenant = {tenant}
            """);

        Assert.True((await database.VerifyAsync(tenant)).Verified);
        var verdict = await database.VerifyAsync(tenant, LedgerHead.Parse(noted.ToString()));
        Assert.Equal(LedgerRules.TailMissing, verdict.Fault?.Rule);
        Assert.Equal(26, verdict.Fault?.Seq);
    }

    [Fact]
    public async Task A_chain_rewritten_as_a_whole_is_found_by_an_anchor()
    {
        var noted = (await database.VerifyAsync(tenant)).Head;
        await database.TamperAsync($"WITH gone AS (DELETE FROM ledger.entry WHERE tenant = {tenant}) DELETE FROM ledger.head WHERE tenant = {tenant}");
        await AppendAsync(100, Events);

        Assert.True((await database.VerifyAsync(tenant)).Verified);
        Assert.Equal(LedgerRules.AnchorDiffers, (await database.VerifyAsync(tenant, noted)).Fault?.Rule);
    }

    [Fact]
    public async Task A_chain_that_has_grown_still_fits_the_head_noted_earlier()
    {
        var noted = (await database.VerifyAsync(tenant)).Head;
        await AppendAsync(31, 1);

        Assert.True((await database.VerifyAsync(tenant, noted)).Verified);
    }

    [Theory]
    [InlineData("")]
    [InlineData("12")]
    [InlineData("12:abc")]
    [InlineData("x:0000000000000000000000000000000000000000000000000000000000000000")]
    public void What_is_no_head_is_not_read_as_one(string text) => Assert.Null(LedgerHead.Parse(text));

    private async Task AppendAsync(int first, int count)
    {
        var events = Enumerable.Range(first, count).Select(i => LedgerDatabase.Event(i) with { Actor = $"actor {tenant}" });
        await database.AppendAsync(ZoneRole.Mediation, tenant, [.. events]);
        await database.ChainAsync();
    }
}
