using System.Globalization;
using Isthmus.Store.Embedded;
using Npgsql;

namespace Isthmus.Testing;

/// <summary>
/// One real PostgreSQL for all tests of a process, started when the first asks for it and removed at the end.
/// Its data may be lost with the power (no fsync): a test about durability starts a server of its own.
/// </summary>
public static class TestPostgres
{
    private static readonly Lazy<Task<EmbeddedPostgres>> Server = new(StartAsync);
    private static int databases;

    public static Task<EmbeddedPostgres> ServerAsync() => Server.Value;

    /// <summary>A new database, empty or a copy of <paramref name="template"/>, and the superuser's way into it.</summary>
    public static async Task<string> CreateDatabaseAsync(string? template = null)
    {
        var server = await ServerAsync();
        var name = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref databases)}");
        await using var source = NpgsqlDataSource.Create(server.SuperUserConnectionString());
        await using var create = source.CreateCommand(
            $"CREATE DATABASE {name}" + (template is null ? "" : $" TEMPLATE {template} STRATEGY wal_log"));
        await create.ExecuteNonQueryAsync();
        return server.SuperUserConnectionString(name);
    }

    /// <summary>A folder for one test's own server, reachable for the account that PostgreSQL runs under.</summary>
    public static string NewDataFolder(string name = "data") =>
        Path.Combine(Scratch.NewPath("postgres"), name);

    private static async Task<EmbeddedPostgres> StartAsync()
    {
        var server = await EmbeddedPostgres.StartAsync(new EmbeddedOptions { DataFolder = NewDataFolder(), Durable = false }, CancellationToken.None);
        Scratch.BeforeTheEnd(() => server.DisposeAsync().AsTask().GetAwaiter().GetResult());
        return server;
    }
}
