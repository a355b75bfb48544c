using Isthmus.Journeys.Tests.Running;
using Npgsql;

namespace Isthmus.Journeys.Tests.Evidence;

/// <summary>
/// Tries what a captured zone could: with the login and the key files that its process was given, to read what is not its own.
/// </summary>
internal sealed class ZoneWalls(Site site, Node node)
{
    /// <summary>What a zone may read of the store: whole schemas, or single tables.</summary>
    private static readonly Dictionary<string, string[]> Readable = new(StringComparer.Ordinal)
    {
        ["inbound"] = ["site", "access.switch"],
        ["mediation"] =
        [
            "site", "consent", "identity", "phi", "mediation.message", "mediation.stopped", "mediation.gap", "mediation.unmapped_code",
            "exchange.journal", "exchange.inbox", "exchange.seal_session", "exchange.delivery",
        ],
        ["outbound"] = ["site", "consent", "outbound", "access.switch", "exchange.delivery", "exchange.application_answer", "exchange.seal_session"],
        ["workflow"] =
            ["site", "exchange.signal", "workflow.definition", "workflow.instance", "workflow.task", "workflow.timer", "workflow.transition", "workflow.task_view"],
        ["ledger"] = ["site", "ledger.pending", "ledger.entry", "ledger.phrase", "ledger.head"],
    };

    /// <summary>What a zone holds: never a private half that is another's.</summary>
    private static readonly Dictionary<string, string[]> Keys = new(StringComparer.Ordinal)
    {
        ["inbound"] = ["mediation.seal.pub", "order.key"],
        ["mediation"] = ["mediation.seal.key", "mediation.seal.pub", "outbound.seal.pub", "pseudonyms", "records"],
        ["outbound"] = ["ehr-client.key", "outbound.seal.key", "outbound.seal.pub", "registry-webhook"],
        ["workflow"] = [],
        ["ledger"] = [],
    };

    public async Task ProveAsync()
    {
        var tables = await TablesAsync();
        foreach (var zone in Node.Zones)
        {
            var login = $"isthmus_{zone}";
            Assert.Equal([login], FilesOf(zone, "credentials"));
            Assert.Equal(Keys[zone], FilesOf(zone, "keys"));
            await using var connection = await OpenAsAsync(zone, login);
            foreach (var table in tables)
            {
                Assert.True(
                    await MayReadAsync(connection, table) == IsReadable(zone, table),
                    $"{login} {(IsReadable(zone, table) ? "cannot" : "can")} read {table}");
            }
        }

        await RefuseAsync("inbound", "SELECT body FROM exchange.journal");
        await RefuseAsync("mediation", "SELECT payload FROM exchange.delivery");
        await RefuseAsync("workflow", "SELECT text FROM workflow.note");
        await RefuseAsync("outbound", "SET ROLE isthmus_mediation");
        await RefuseAsync("outbound", "UPDATE exchange.delivery SET person = gen_random_uuid()");
        await RefuseAsync("outbound", "SELECT store.return_leases('mediation', 'anyone')");
        await RefuseAsync("inbound", "SELECT store.take_leases('outbound', 'me', 16, 3600)");
        await RefuseAsync("inbound", "SELECT exchange.drop_settled_journal(interval '1 day')");
        await RefuseAsync("mediation", "INSERT INTO exchange.inbox (id, received, order_key, partition) VALUES (1, now(), 1, 1)");
        await ProveEnvironmentsAsync();
    }

    private static bool IsReadable(string zone, string table) =>
        Readable[zone].Any(one => table == one || table.StartsWith(one + '.', StringComparison.Ordinal));

    private string FolderOf(string zone, string what) => Path.Combine(site.DataFolder, "zones", zone, what);

    private IEnumerable<string> FilesOf(string zone, string what) =>
        Directory.GetFiles(FolderOf(zone, what)).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal);

    private async Task<IReadOnlyList<string>> TablesAsync()
    {
        await using var store = await site.OpenStoreAsync();
        await using var query = new NpgsqlCommand(
            """
            SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
            ORDER BY 1
            """, store);
        await using var rows = await query.ExecuteReaderAsync();
        var tables = new List<string>();
        while (await rows.ReadAsync())
        {
            tables.Add(rows.GetString(0));
        }

        Assert.NotEmpty(tables);
        return tables;
    }

    private async Task<NpgsqlConnection> OpenAsAsync(string zone, string login)
    {
        await using var store = await site.OpenStoreAsync();
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(store.ConnectionString)
        {
            Username = login,
            Password = (await File.ReadAllTextAsync(Path.Combine(FolderOf(zone, "credentials"), login))).Trim(),
            Pooling = false,
        }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private static async Task<bool> MayReadAsync(NpgsqlConnection connection, string table)
    {
        try
        {
            // No column is named: any column that may be read makes it succeed.
            await using var query = new NpgsqlCommand($"SELECT 1 FROM {table} LIMIT 0", connection);
            await query.ExecuteNonQueryAsync();
            return true;
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return false;
        }
    }

    private async Task RefuseAsync(string zone, string sql)
    {
        await using var connection = await OpenAsAsync(zone, $"isthmus_{zone}");
        await using var query = new NpgsqlCommand(sql, connection);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => query.ExecuteNonQueryAsync());
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    /// <summary>No zone's process was told the owner's password, nor where all logins and keys lie.</summary>
    private async Task ProveEnvironmentsAsync()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var owner = (await File.ReadAllTextAsync(Path.Combine(site.DataFolder, "postgres", "superuser.password"))).Trim();
        foreach (var zone in Node.Zones)
        {
            var told = await File.ReadAllTextAsync($"/proc/{node.ProcessOf(zone)}/environ");
            Assert.Contains($"ISTHMUS_KEYS={FolderOf(zone, "keys")}", told, StringComparison.Ordinal);
            Assert.DoesNotContain(owner, told, StringComparison.Ordinal);
        }
    }
}
