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
    private const string FolderName = "isthmus-test-";

    /// <summary>A folder that nobody keeps and that is this old was left by a killed test run.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

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
        Path.Combine(Path.GetTempPath(), FolderName + Guid.NewGuid().ToString("N")[..12], name);

    private static async Task<EmbeddedPostgres> StartAsync()
    {
        RemoveAbandoned();
        var folder = NewDataFolder();
        var server = await EmbeddedPostgres.StartAsync(new EmbeddedOptions { DataFolder = folder, Durable = false }, CancellationToken.None);
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            server.DisposeAsync().AsTask().GetAwaiter().GetResult();
            Directory.Delete(Path.GetDirectoryName(folder)!, recursive: true);
        };
        return server;
    }

    private static void RemoveAbandoned()
    {
        foreach (var folder in Directory.EnumerateDirectories(Path.GetTempPath(), FolderName + "*"))
        {
            if (TimeProvider.System.GetUtcNow().UtcDateTime - Directory.GetCreationTimeUtc(folder) > Abandoned)
            {
                RemoveIfUnused(folder);
            }
        }
    }

    private static void RemoveIfUnused(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception theirs) when (theirs is IOException or UnauthorizedAccessException)
        {
            // Another account's, or another process removes it at this moment.
        }
    }
}
