using System.Security.Cryptography;
using System.Text;
using Isthmus.Exchange.Journal;
using Isthmus.Store.Connections;
using Isthmus.Testing;
using Isthmus.Trust.Keys;
using Isthmus.Trust.Keys.Sealing;
using Npgsql;

namespace Isthmus.Inbound.Tests.Secrecy;

/// <summary>A captured edge reads nothing, and nothing of the traffic is anywhere but sealed.</summary>
public sealed class SecrecyTests : IAsyncLifetime
{
    private TestStore store = null!;

    public async Task InitializeAsync() => store = await RunningEdge.NewStoreAsync();

    public async Task DisposeAsync() => await store.DisposeAsync();

    [Fact]
    public async Task The_edge_can_read_no_table_but_the_site_and_the_switches_and_change_none()
    {
        var tables = await TablesAsync();
        Assert.Contains("exchange.journal", tables);
        Assert.Contains("phi.pack", tables);

        foreach (var table in tables)
        {
            // The site is settings and contracts, and a switch is an order, which every zone follows; all else is somebody's.
            string[] reading = table.StartsWith("site.", StringComparison.Ordinal) || table == "access.switch" ? [] : [$"SELECT * FROM {table} LIMIT 1"];
            foreach (var attempt in (string[])[.. reading, $"DELETE FROM {table}", $"TRUNCATE {table}"])
            {
                await using var command = store.For(ZoneRole.Inbound).CreateCommand(attempt);
                var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync());
                Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
            }
        }
    }

    [Fact]
    public async Task The_edge_cannot_act_as_another_login()
    {
        foreach (var role in ZoneRoles.All.Where(role => role != ZoneRole.Inbound))
        {
            await using var command = store.For(ZoneRole.Inbound).CreateCommand($"SET ROLE {role.LoginName()}");
            var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync());
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }
    }

    [Fact]
    public async Task What_the_edge_wrote_opens_for_Mediation_and_not_with_what_the_edge_holds()
    {
        var mediations = new KeyFolder(RunningEdge.NewFolder());
        await using var edge = RunningEdge.Start(store, keys: RunningEdge.NewKeys(mediations));
        await using var sender = await edge.ConnectAsync();
        var message = Results.Message(Results.NewId());
        var answer = await sender.AskAsync(message);
        var (body, session, nonce) = await RowAsync(answer.OwnId);
        var bound = JournalSeal.Bound("lab", answer.ControlId);

        using var mediation = new Opener(store.For(ZoneRole.Mediation), mediations, SealedTo.Mediation);
        var opened = (await mediation.SessionAsync(session, CancellationToken.None)).Open(body, bound, nonce);
        Assert.Equal(message, Encoding.UTF8.GetString(Compression.Unpack(opened)));

        Assert.Equal(["mediation.seal.pub", "order.key"], Directory.GetFiles(edge.Keys.Place).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Throws<KeyMissingException>(() => new Opener(store.For(ZoneRole.Inbound), edge.Keys, SealedTo.Mediation));

        // With the row, the session's public half and Mediation's public key, but a private key of its own making.
        var forged = new KeyFolder(RunningEdge.NewFolder());
        forged.CreateSealingPairIfMissing(SealedTo.Mediation);
        using var thief = new Opener(store.For(ZoneRole.Mediation), forged, SealedTo.Mediation);
        var stolen = await thief.SessionAsync(session, CancellationToken.None);
        Assert.ThrowsAny<CryptographicException>(() => stolen.Open(body, bound, nonce));
    }

    [Fact]
    public async Task A_sealed_body_opens_in_its_own_row_only()
    {
        var mediations = new KeyFolder(RunningEdge.NewFolder());
        await using var edge = RunningEdge.Start(store, keys: RunningEdge.NewKeys(mediations));
        await using var sender = await edge.ConnectAsync();
        var answer = await sender.AskAsync(Results.Message(Results.NewId()));
        var (body, session, nonce) = await RowAsync(answer.OwnId);
        using var mediation = new Opener(store.For(ZoneRole.Mediation), mediations, SealedTo.Mediation);
        var sealedIn = await mediation.SessionAsync(session, CancellationToken.None);

        Assert.ThrowsAny<CryptographicException>(() => sealedIn.Open(body, JournalSeal.Bound("lab", "other"), nonce));
        Assert.ThrowsAny<CryptographicException>(() => sealedIn.Open(body, JournalSeal.Bound("lab", answer.ControlId), nonce + 1));
        Assert.ThrowsAny<CryptographicException>(() => sealedIn.Open(body.AsSpan(0, 5), JournalSeal.Bound("lab", answer.ControlId), nonce));
    }

    [Fact]
    public async Task Names_and_numbers_of_the_traffic_are_in_no_log_and_no_table()
    {
        await using var edge = RunningEdge.Start(store, site => site.WithLimits(limits => limits with { MaxFrameBytes = 4096 }));
        await using (var sender = await edge.ConnectAsync())
        {
            var name = Results.FamilyName;
            Assert.Equal("AA", (await sender.AskAsync(Results.Message(Results.NewId()))).Code);
            Assert.Equal("AR", (await sender.AskAsync(Results.Message(Results.NewId(), version: "9.9"))).Code);
            Assert.Equal("AR", (await sender.AskAsync(Results.Message(Results.NewId(), sender: $"{name}|{name}"))).Code);
            Assert.Equal("AR", (await sender.AskAsync(Results.Message(Results.NewId(), value: new string('9', 5000)))).Code);
            Assert.Equal("AE", (await sender.AskAsync($"PID|1||{Results.RecordNumber}||{name}")).Code);
            Assert.Equal("AE", (await sender.AskAsync(Results.Message($"{name}\0"))).Code);
            await sender.SendRawAsync(Encoding.UTF8.GetBytes($"\x0BMSH|{name}"));
        }

        await using (var noisy = await edge.ConnectAsync())
        {
            await noisy.SendRawAsync(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Results.FamilyName, 1000))));
            Assert.True(await noisy.IsClosedAsync());
        }

        // Errors quote values: PostgreSQL tells the client, and must not write it down.
        foreach (var mistake in (string[])[
            $"SELECT '{Results.FamilyName}'::int", $"SELECT {Results.FamilyName}", $"SELECT 1/0 -- {Results.FamilyName}",
            $"DO $$ BEGIN RAISE WARNING '{Results.FamilyName}'; RAISE EXCEPTION '{Results.FamilyName}'; END $$"])
        {
            await using var command = store.For(ZoneRole.Inbound).CreateCommand(mistake);
            await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync());
        }

        await edge.DrainAsync();
        Assert.NotEmpty(edge.Logs.Lines);
        var server = await TestPostgres.ServerAsync();
        foreach (var canary in (string[])[Results.FamilyName, Results.RecordNumber])
        {
            Assert.DoesNotContain(edge.Logs.Lines, line => line.Contains(canary, StringComparison.OrdinalIgnoreCase));
            Assert.DoesNotContain(canary, await File.ReadAllTextAsync(server.LogFile), StringComparison.OrdinalIgnoreCase);
            var bytes = Convert.ToHexStringLower(Encoding.UTF8.GetBytes(canary));
            foreach (var table in await TablesAsync())
            {
                // A row as text shows every column; bytes as hexadecimal digits.
                Assert.Equal((table, 0L), (table, await RunningEdge.AskAsync<long>(
                    store, $"SELECT count(*) FROM {table} t WHERE t::text ILIKE '%{canary}%' OR t::text LIKE '%{bytes}%'")));
            }
        }
    }

    private async Task<(byte[] Body, int Session, long Nonce)> RowAsync(string id)
    {
        await using var connection = new NpgsqlConnection(store.OwnerAddress + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"SELECT body, seal_key, seal_nonce FROM exchange.journal WHERE id = {id}", connection);
        await using var row = await command.ExecuteReaderAsync();
        Assert.True(await row.ReadAsync());
        return (row.GetFieldValue<byte[]>(0), row.GetInt32(1), row.GetInt64(2));
    }

    private async Task<string[]> TablesAsync() => await RunningEdge.AskAsync<string[]>(
        store,
        """
        SELECT array_agg(format('%I.%I', n.nspname, c.relname) ORDER BY n.nspname, c.relname)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
        """);
}
