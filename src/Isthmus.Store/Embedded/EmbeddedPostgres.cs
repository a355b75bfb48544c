using Isthmus.Store.Connections;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Isthmus.Store.Embedded;

/// <summary>
/// The PostgreSQL that comes with Isthmus, for trial. Several processes may hold one for the same data folder:
/// one of them keeps the server, the others use it, and when the keeper ends, however it ends, one of the others
/// takes over. The server ends with the last of them.
/// </summary>
/// <remarks>
/// A server that is killed is started again, so holders see broken connections, never a dead store; only when it
/// does not come back does <see cref="Completion"/> fault.
/// </remarks>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    private static readonly TimeSpan TakeOverPoll = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan ReadyPoll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan RestartPause = TimeSpan.FromMilliseconds(100);

    /// <summary>A server that has not stood for so long, however often it was started, will not stand.</summary>
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(15);

    private readonly EmbeddedOptions options;
    private readonly ServerAccount account;
    private readonly ServerBinaries binaries;
    private readonly ServerFolders folders;
    private readonly CancellationTokenSource stopping = new();

    private EmbeddedPostgres(EmbeddedOptions options, ServerAccount account, ServerBinaries binaries, ServerFolders folders)
    {
        this.options = options;
        this.account = account;
        this.binaries = binaries;
        this.folders = folders;
    }

    /// <summary>The folder of the server's socket: Npgsql's <c>Host</c>.</summary>
    public string HostDirectory => folders.Sockets;

    /// <summary>Part of the socket's name; nothing listens on TCP.</summary>
    public int Port { get; } = ServerFolders.Port;

    public string SuperUser { get; } = Cluster.SuperUser;

    public string Password { get; private set; } = "";

    /// <summary>The server's version, such as <c>18.4</c>.</summary>
    public string Version { get; private set; } = "";

    /// <summary>The folder of this installation; the cluster is in <c>postgres/cluster</c> below it.</summary>
    public string DataFolder => folders.Data;

    public string LogFile => folders.Log;

    /// <summary>The postmaster, as of now: it changes when a killed server was started again. 0 while there is none.</summary>
    public int ProcessId => PostmasterFile.Read(folders.Cluster)?.ProcessId ?? 0;

    /// <summary>True while this process is the one that keeps the server.</summary>
    public bool IsKeeper { get; private set; }

    /// <summary>Completes after disposal; faults when the server is gone and cannot be brought back.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Starts the server, or joins the one that another process keeps, and returns when it answers.</summary>
    /// <exception cref="EmbeddedPostgresException">It cannot run here; the message says why and what helps.</exception>
    public static async Task<EmbeddedPostgres> StartAsync(EmbeddedOptions options, CancellationToken cancellation)
    {
        var account = await ServerAccount.ChooseAsync(cancellation);
        var binaries = await ServerBinaries.PlaceAsync(account, cancellation);
        var folders = await ServerFolders.PrepareAsync(options, account, cancellation);
        var server = new EmbeddedPostgres(options, account, binaries, folders);
        server.Completion = Task.Run(server.KeepAsync, CancellationToken.None);
        try
        {
            await server.WaitUntilReadyAsync(cancellation);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A connection string of the superuser, for migrations and for making databases and logins.</summary>
    public string SuperUserConnectionString(string database = "postgres") => new NpgsqlConnectionStringBuilder
    {
        Host = HostDirectory,
        Port = Port,
        Username = SuperUser,
        Password = Password,
        Database = database,
    }.ConnectionString;

    public async ValueTask DisposeAsync()
    {
        if (stopping.IsCancellationRequested)
        {
            return;
        }

        await stopping.CancelAsync();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
    }

    /// <summary>Waits for the keeper's place and fills it. Runs until disposal.</summary>
    private async Task KeepAsync()
    {
        var stop = stopping.Token;
        try
        {
            while (true)
            {
                using (var place = KeeperLock.TryTake(folders.KeeperLock))
                {
                    if (place is not null)
                    {
                        await StrayServer.EndAsync(folders.Cluster, options, stop);
                        await folders.PrepareSocketsAsync(account, options.Time, stop);
                        await Cluster.EnsureAsync(folders, binaries, account, options, stop);
                        IsKeeper = true;
                        await RunServerAsync(stop);
                    }
                }

                await Task.Delay(TakeOverPoll, options.Time, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Disposed: the server this process kept has been stopped.
        }
        finally
        {
            IsKeeper = false;
        }
    }

    /// <summary>Runs the server, and runs it again when it is killed, until disposal or until it does not come back.</summary>
    private async Task RunServerAsync(CancellationToken stop)
    {
        var lastStood = options.Time.GetTimestamp();
        while (true)
        {
            ServerLog.Rotate(folders.Log);
            var started = options.Time.GetTimestamp();
            using var server = ServerProcess.Start(folders, binaries, account);
            try
            {
                await server.WaitForEndAsync(stop);
            }
            catch (OperationCanceledException)
            {
                await server.StopAsync(options.Time);
                folders.RemoveSockets();
                throw;
            }

            // Killed, or it refused to start because backends of a killed one are not gone yet: again, until it stands.
            if (options.Time.GetElapsedTime(started) > GiveUpAfter || PostmasterFile.Read(folders.Cluster) is { IsReady: true })
            {
                lastStood = options.Time.GetTimestamp();
            }

            if (options.Time.GetElapsedTime(lastStood) > GiveUpAfter)
            {
                throw new EmbeddedPostgresException($"PostgreSQL does not start: {ServerLog.LastLine(folders.Log)} (log: {folders.Log})");
            }

            options.Logger.LogWarning("PostgreSQL ended unexpectedly; starting it again. Its log is {LogFile}", folders.Log);
            await Task.Delay(RestartPause, options.Time, stop);
            await StrayServer.EndAsync(folders.Cluster, options, stop);
        }
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellation)
    {
        var started = options.Time.GetTimestamp();
        while (!await TryGreetAsync(cancellation))
        {
            if (Completion.IsCompleted)
            {
                await Completion; // throws what went wrong
            }

            if (options.Time.GetElapsedTime(started) > options.StartTimeout)
            {
                throw new EmbeddedPostgresException(
                    $"PostgreSQL did not answer within {options.StartTimeout.TotalSeconds:0} s: {ServerLog.LastLine(folders.Log)} (log: {folders.Log})");
            }

            await Task.Delay(ReadyPoll, options.Time, cancellation);
        }
    }

    /// <summary>True when a server answers and proves to be the one of this data folder: it shows the same postmaster.pid.</summary>
    private async Task<bool> TryGreetAsync(CancellationToken cancellation)
    {
        if (PostmasterFile.Read(folders.Cluster) is not { IsReady: true } onDisk)
        {
            return false;
        }

        Password = (await File.ReadAllTextAsync(folders.Password, cancellation)).Trim();
        try
        {
            await using var connection = new NpgsqlConnection(SuperUserConnectionString() + ";Pooling=false;Timeout=5");
            await connection.OpenAsync(cancellation);
            await using var question = new NpgsqlCommand("select pg_read_file('postmaster.pid'), current_setting('server_version')", connection);
            await using var answer = await question.ExecuteReaderAsync(cancellation);
            await answer.ReadAsync(cancellation);
            Version = answer.GetString(1);
            return PostmasterFile.Parse(answer.GetString(0))?.Identity == onDisk.Identity;
        }
        catch (Exception notYet) when (StoreFailure.Is(notYet) || notYet is TimeoutException)
        {
            return false; // starting, recovering or shutting down
        }
    }
}
