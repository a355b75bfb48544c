using System.Diagnostics;
using Isthmus.Store.Embedded;
using Isthmus.Testing;
using Npgsql;

namespace Isthmus.Store.Tests.Embedded;

/// <summary>The server's life with real processes: start, share, take over, crash, end.</summary>
public sealed class EmbeddedPostgresTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private readonly string folder = TestPostgres.NewDataFolder("patient data's folder");

    [Fact]
    public async Task It_answers_from_a_folder_with_spaces_and_quotes_in_its_name_and_keeps_its_data()
    {
        await using (var first = await StartAsync())
        {
            await ExecuteAsync(first, "create table kept (n int); insert into kept values (41)");
            Assert.StartsWith("18.", first.Version, StringComparison.Ordinal);
        }

        await using var second = await StartAsync();
        Assert.Equal(41, await ExecuteAsync(second, "select n from kept"));
    }

    [Fact]
    public async Task It_listens_on_no_network_and_commits_to_disk_unless_told_otherwise()
    {
        await using var server = await EmbeddedPostgres.StartAsync(new EmbeddedOptions { DataFolder = folder }, CancellationToken.None);

        Assert.Equal("", await ExecuteAsync(server, "show listen_addresses"));
        Assert.Equal("on", await ExecuteAsync(server, "show fsync"));
        Assert.Equal("on", await ExecuteAsync(server, "show data_checksums"));
        Assert.Equal("UTF8", await ExecuteAsync(server, "show server_encoding"));
        Assert.Equal("C", await ExecuteAsync(server, "select datcollate from pg_database where datname = current_database()"));
    }

    [Fact]
    public async Task A_value_in_an_error_stays_out_of_the_servers_log()
    {
        const string canary = "Quillfeather";
        await using var server = await StartAsync();

        await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(server, $"select '{canary}'::int"));
        await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(
            server, $"create table person (name text primary key); insert into person values ('{canary}'), ('{canary}')"));

        Assert.DoesNotContain(canary, await File.ReadAllTextAsync(server.LogFile), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_needs_the_password()
    {
        await using var server = await StartAsync();
        var guess = new NpgsqlConnectionStringBuilder(server.SuperUserConnectionString()) { Password = "postgres", Pooling = false };

        await using var connection = new NpgsqlConnection(guess.ConnectionString);
        await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync());
    }

    [Fact]
    public async Task Processes_that_start_at_once_share_one_server()
    {
        var holders = await Task.WhenAll(Holder.StartAsync(folder), Holder.StartAsync(folder), Holder.StartAsync(folder));

        Assert.Single(holders.Select(holder => holder.ServerProcessId).Distinct());
        foreach (var holder in holders)
        {
            await holder.DisposeAsync();
        }
    }

    [Fact]
    public async Task It_stops_when_the_process_that_keeps_it_is_killed()
    {
        var holder = await Holder.StartAsync(folder);

        await holder.KillAsync();

        await Eventually.Within(Soon, "the server of the killed process is gone", () => !Runs(holder.ServerProcessId));
        await holder.DisposeAsync();
    }

    [Fact]
    public async Task Another_process_takes_over_when_the_keeper_is_killed()
    {
        var keeper = await Holder.StartAsync(folder);
        await using var second = await StartAsync();
        Assert.False(second.IsKeeper);
        Assert.Equal(keeper.ServerProcessId, second.ProcessId);
        await ExecuteAsync(second, "create table kept as select 7 as n");

        await keeper.KillAsync();

        await Eventually.Within(Soon, "the other process answers again", () => AnswersAsync(second));
        Assert.True(second.IsKeeper);
        Assert.Equal(7, await ExecuteAsync(second, "select n from kept"));
        await keeper.DisposeAsync();
    }

    [Fact]
    public async Task It_comes_back_by_itself_when_the_server_is_killed()
    {
        await using var server = await StartAsync();
        await ExecuteAsync(server, "create table kept as select 7 as n");
        var killed = server.ProcessId;

        // Twice, so that the second start meets what the first crash left behind.
        for (var times = 0; times < 2; times++)
        {
            Process.GetProcessById(server.ProcessId).Kill();
            await Eventually.Within(Soon, "the killed server answers again", () => AnswersAsync(server));
        }

        Assert.NotEqual(killed, server.ProcessId);
        Assert.Equal(7, await ExecuteAsync(server, "select n from kept"));
    }

    [Fact]
    public async Task A_pid_file_that_names_a_stranger_does_not_keep_it_from_starting()
    {
        await using (await StartAsync())
        {
        }

        var pidFile = Path.Combine(folder, "postgres", "cluster", "postmaster.pid");
        using var stranger = Process.Start(new ProcessStartInfo("sleep", ["60"]))!;
        await File.WriteAllTextAsync(pidFile, $"{stranger.Id}\n{folder}\n1\n5432\n/tmp\n\n 1 1\nready   \n");
        try
        {
            await using var server = await StartAsync();
            Assert.NotEqual(stranger.Id, server.ProcessId);
            Assert.False(stranger.HasExited);
        }
        finally
        {
            stranger.Kill();
        }
    }

    [Fact]
    public async Task A_cluster_of_another_major_version_is_refused_with_the_remedy()
    {
        await using (await StartAsync())
        {
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "postgres", "cluster", "PG_VERSION"), "17\n");

        var refused = await Assert.ThrowsAsync<EmbeddedPostgresException>(StartAsync);
        Assert.Contains("PostgreSQL 17", refused.Message, StringComparison.Ordinal);
        Assert.Contains("ISTHMUS_DATA", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        var parent = Path.GetDirectoryName(folder)!;
        if (Directory.Exists(parent))
        {
            Directory.Delete(parent, recursive: true);
        }
    }

    private Task<EmbeddedPostgres> StartAsync() =>
        EmbeddedPostgres.StartAsync(new EmbeddedOptions { DataFolder = folder, Durable = false }, CancellationToken.None);

    private static async Task<object?> ExecuteAsync(EmbeddedPostgres server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.SuperUserConnectionString() + ";Pooling=false;Timeout=5");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    private static async Task<bool> AnswersAsync(EmbeddedPostgres server)
    {
        try
        {
            return await ExecuteAsync(server, "select true") is true;
        }
        catch (Exception notYet) when (notYet is NpgsqlException or TimeoutException)
        {
            return false;
        }
    }

    private static bool Runs(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
