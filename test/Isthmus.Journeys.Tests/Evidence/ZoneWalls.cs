using Isthmus.Journeys.Tests.Running;
using Isthmus.Testing;
using Npgsql;

namespace Isthmus.Journeys.Tests.Evidence;

/// <summary>
/// Tries what a captured zone could: with the login and the key files that its process was given, to read what is not its own.
/// </summary>
internal sealed class ZoneWalls(Site site, Node node)
{
    /// <summary>What a zone holds: never a private half that is another's.</summary>
    private static readonly Dictionary<string, string[]> Keys = new(StringComparer.Ordinal)
    {
        ["inbound"] = ["mediation.seal.pub", "order.key"],
        ["mediation"] = ["mediation.seal.key", "mediation.seal.pub", "outbound.seal.pub", "pseudonyms", "records"],
        ["outbound"] = ["ehr-client.key", "outbound.seal.key", "outbound.seal.pub", "registry-webhook"],
        ["workflow"] = [],
        ["ledger"] = [],
        ["api"] = ["answers.key", "mediation.seal.pub", "order.key", "records", "tokens"],
    };

    /// <summary>The logins that a zone is given.</summary>
    private static readonly Dictionary<string, string[]> Logins = new(StringComparer.Ordinal)
    {
        ["api"] = ["isthmus_admission", "isthmus_api", "isthmus_inbound", "isthmus_tokens"],
    };

    public async Task ProveAsync()
    {
        await using var owner = await site.OpenStoreAsync();
        foreach (var zone in Keys.Keys)
        {
            var logins = Logins.GetValueOrDefault(zone, [$"isthmus_{zone}"]);
            Assert.Equal(logins, FilesOf(zone, "credentials"));
            Assert.Equal(Keys[zone], FilesOf(zone, "keys"));
            foreach (var login in logins)
            {
                await using var connection = await OpenAsAsync(zone, login);
                Assert.Empty(await ZoneRights.TryAsync(owner, connection, login["isthmus_".Length..]));
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
        await RefuseAsync("api", "SELECT wrapped FROM tokens.signing_key", "isthmus_admission");
        await RefuseAsync("api", "SELECT store.take_leases_of('mediation', 'me', 16, 3600)", "isthmus_tokens");
        await RefuseAsync("mediation", "INSERT INTO exchange.inbox (id, received, order_key, partition) VALUES (1, now(), 1, 1)");
        await ProveEnvironmentsAsync();
    }

    private string FolderOf(string zone, string what) => Path.Combine(site.DataFolder, "zones", zone, what);

    private IEnumerable<string> FilesOf(string zone, string what) =>
        Directory.GetFiles(FolderOf(zone, what)).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal);

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

    private async Task RefuseAsync(string zone, string sql, string? login = null)
    {
        await using var connection = await OpenAsAsync(zone, login ?? $"isthmus_{zone}");
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
        foreach (var zone in Keys.Keys)
        {
            var told = await File.ReadAllTextAsync($"/proc/{node.ProcessOf(zone)}/environ");
            Assert.Contains($"ISTHMUS_KEYS={FolderOf(zone, "keys")}", told, StringComparison.Ordinal);
            Assert.DoesNotContain(owner, told, StringComparison.Ordinal);
        }
    }
}
