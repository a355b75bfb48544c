using Isthmus.Exchange.Contracts;
using Isthmus.Store.Connections;
using Isthmus.Store.Embedded;
using Isthmus.Store.Schema;
using Isthmus.Trust.Keys;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Isthmus.Host.Running;

/// <summary>
/// What this process stands on: a PostgreSQL brought to our schema, the logins and the keys it was given.
/// </summary>
/// <remarks>
/// <c>ISTHMUS_DATABASE</c> names a server as its owner; without it the embedded one is used, for trial.
/// <c>ISTHMUS_STORE</c> names an address without any login, for a zone that is a process of its own: it migrates nothing
/// and has only the logins and keys in <c>ISTHMUS_CREDENTIALS</c> and <c>ISTHMUS_KEYS</c>.
/// </remarks>
internal sealed class Installation : IAsyncDisposable
{
    /// <summary>The database of the embedded server that Isthmus makes for itself.</summary>
    public const string DatabaseName = "isthmus";

    private readonly EmbeddedPostgres? embedded;
    private string? ownDatabase;

    private Installation(EmbeddedPostgres? embedded, string address, string dataFolder, Credentials credentials, KeyFolder keys, StoreAccess store)
    {
        this.embedded = embedded;
        Address = address;
        DataFolder = dataFolder;
        Credentials = credentials;
        KeyFiles = keys;
        Keys = keys;
        Store = store;
    }

    /// <summary>Host, port and database, without a login.</summary>
    public string Address { get; }

    public string DataFolder { get; }

    public Credentials Credentials { get; }

    /// <summary>The key files that this process was given.</summary>
    public KeyFolder KeyFiles { get; private set; }

    /// <summary>Where the site's keys come from: these files, unless the site names another source.</summary>
    public KeySource Keys { get; private set; }

    public StoreAccess Store { get; }

    public EmbeddedPostgres? Embedded => embedded;

    /// <summary>Whether this process came with the owner's login, and so may migrate and apply a site.</summary>
    public bool IsOwner { get; private init; }

    /// <summary>Where PostgreSQL's data lies, if on this machine.</summary>
    public string? WatchedFolder => embedded?.DataFolder ?? Environment.GetEnvironmentVariable("ISTHMUS_WATCHED_FOLDER");

    /// <summary>Opens the store as this process may, with the logins of the roles given.</summary>
    /// <param name="ownDatabase">A database of the embedded server for this process alone, dropped when it closes; null for the usual one.</param>
    public static async Task<Installation> OpenAsync(
        IEnumerable<ZoneRole> roles, ILoggerFactory loggers, CancellationToken cancellation, string? ownDatabase = null)
    {
        if (Environment.GetEnvironmentVariable("ISTHMUS_STORE") is { Length: > 0 } given)
        {
            return OpenAsZone(given, roles);
        }

        var owner = Environment.GetEnvironmentVariable("ISTHMUS_DATABASE");
        EmbeddedPostgres? embedded = null;
        if (string.IsNullOrEmpty(owner))
        {
            embedded = await EmbeddedPostgres.StartAsync(
                new EmbeddedOptions { Logger = loggers.CreateLogger<EmbeddedPostgres>() }, cancellation);
            await CreateDatabaseAsync(embedded.SuperUserConnectionString(), ownDatabase ?? DatabaseName, cancellation);
            owner = embedded.SuperUserConnectionString(ownDatabase ?? DatabaseName);
        }

        var data = embedded?.DataFolder ?? DataFolderBesideServer();
        var credentials = new Credentials(Environment.GetEnvironmentVariable("ISTHMUS_CREDENTIALS") ?? Path.Combine(data, "credentials"));
        credentials.CreateMissing();
        var keys = new KeyFolder(Environment.GetEnvironmentVariable("ISTHMUS_KEYS") ?? Path.Combine(data, "keys"));
        await Migrator.ApplyAsync(owner, credentials, Modules.WithMigrations, cancellation);

        var address = WithoutLogin(owner);
        return new Installation(embedded, address, data, credentials, keys, StoreAccess.Open(address, credentials, roles.Append(ZoneRole.Operator))) { IsOwner = true, ownDatabase = embedded is null ? null : ownDatabase };
    }

    /// <summary>Takes the keys from where the site says; the folder of key files is the site's, unless the environment names one.</summary>
    public void UseKeysOf(SiteModel site)
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("ISTHMUS_KEYS")))
        {
            KeyFiles = new KeyFolder(Path.Combine(DataFolder, site.Keys.Folder));
        }

        (Keys as IDisposable)?.Dispose();
        Keys = KeySource.Open(site.Keys, KeyFiles, site.Environment, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        (Keys as IDisposable)?.Dispose();
        await Store.DisposeAsync();
        if (embedded is not null)
        {
            await DropOwnDatabaseAsync(embedded);
            await embedded.DisposeAsync();
        }
    }

    /// <summary>The server's version, e.g. <c>18.4</c>.</summary>
    public async Task<string> ServerVersionAsync(CancellationToken cancellation)
    {
        await using var command = Store.For(ZoneRole.Operator).CreateCommand("SHOW server_version");
        return (string)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private async Task DropOwnDatabaseAsync(EmbeddedPostgres server)
    {
        if (ownDatabase is not null)
        {
            await using var connection = new NpgsqlConnection(server.SuperUserConnectionString());
            await connection.OpenAsync();
            await using var drop = new NpgsqlCommand($"DROP DATABASE IF EXISTS {ownDatabase} WITH (FORCE)", connection);
            await drop.ExecuteNonQueryAsync();
        }
    }

    private static Installation OpenAsZone(string address, IEnumerable<ZoneRole> roles)
    {
        var data = Environment.GetEnvironmentVariable("ISTHMUS_DATA") ?? Environment.CurrentDirectory;
        var credentials = new Credentials(Required("ISTHMUS_CREDENTIALS"));
        var keys = new KeyFolder(Required("ISTHMUS_KEYS"));
        return new Installation(null, WithoutLogin(address), data, credentials, keys, StoreAccess.Open(address, credentials, roles));
    }

    private static string Required(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException($"A process that is given ISTHMUS_STORE also needs {variable}.");

    private static string DataFolderBesideServer() =>
        Environment.GetEnvironmentVariable("ISTHMUS_DATA") is { Length: > 0 } data
            ? data
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "isthmus");

    private static string WithoutLogin(string address)
    {
        var builder = new NpgsqlConnectionStringBuilder(address);
        builder.Remove("Username");
        builder.Remove("Password");
        return builder.ConnectionString;
    }

    private static async Task CreateDatabaseAsync(string server, string name, CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellation);
        await using var exists = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection);
        exists.Parameters.AddWithValue(name);
        if (await exists.ExecuteScalarAsync(cancellation) is null)
        {
            try
            {
                await using var create = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
                await create.ExecuteNonQueryAsync(cancellation);
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
            {
                // Another process made it in this moment.
            }
        }
    }
}
