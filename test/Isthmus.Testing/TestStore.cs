using System.Collections.Concurrent;
using System.Reflection;
using Isthmus.Store.Connections;
using Isthmus.Store.Schema;
using Npgsql;

namespace Isthmus.Testing;

/// <summary>A migrated database of its own for one test, with every zone's login: a copy of a template made once per set of modules.</summary>
public sealed class TestStore : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<string>>> Templates = new(StringComparer.Ordinal);
    private static readonly Lazy<Task<Credentials>> Logins = new(CreateLoginsAsync);

    /// <summary>A copy of a database takes everything of the template but the rights on the database itself.</summary>
    private static readonly string CloseToPublic =
        $"""
        DO $$ BEGIN
            EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
            EXECUTE format('GRANT CONNECT ON DATABASE %I TO {string.Join(", ", ZoneRoles.All.Select(role => role.LoginName()))}', current_database());
        END $$
        """;

    private TestStore(string ownerAddress, Credentials credentials, StoreAccess access)
    {
        OwnerAddress = ownerAddress;
        Credentials = credentials;
        Access = access;
    }

    /// <summary>The superuser's connection string to this test's database.</summary>
    public string OwnerAddress { get; }

    public Credentials Credentials { get; }

    public StoreAccess Access { get; }

    public NpgsqlDataSource For(ZoneRole role) => Access.For(role);

    /// <param name="modules">The assemblies whose migrations the database gets, besides those of Isthmus.Store.</param>
    public static async Task<TestStore> CreateAsync(params Assembly[] modules)
    {
        var key = string.Join(' ', modules.Select(module => module.GetName().Name).Distinct().Order(StringComparer.Ordinal));
        var template = await Templates.GetOrAdd(key, _ => new Lazy<Task<string>>(() => MigrateTemplateAsync(modules))).Value;
        var address = await TestPostgres.CreateDatabaseAsync(template);
        var credentials = await Logins.Value;
        var store = new TestStore(address, credentials, StoreAccess.Open(address, credentials, ZoneRoles.All));
        await store.ExecuteAsOwnerAsync(CloseToPublic);
        return store;
    }

    /// <summary>Runs a statement as the owner of the tables, to arrange what no zone may do.</summary>
    public async Task ExecuteAsOwnerAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(OwnerAddress + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => Access.DisposeAsync();

    private static async Task<string> MigrateTemplateAsync(Assembly[] modules)
    {
        var address = await TestPostgres.CreateDatabaseAsync();
        await Migrator.ApplyAsync(address, await Logins.Value, modules);
        return new NpgsqlConnectionStringBuilder(address).Database!;
    }

    private static async Task<Credentials> CreateLoginsAsync()
    {
        var server = await TestPostgres.ServerAsync();
        var credentials = new Credentials(Path.Combine(server.DataFolder, "logins"));
        credentials.CreateMissing();
        return credentials;
    }
}
