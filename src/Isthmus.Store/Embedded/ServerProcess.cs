using System.Diagnostics;

namespace Isthmus.Store.Embedded;

/// <summary>
/// A running postgres and the shell that stands between it and this process. The shell reads from a pipe whose
/// other end only this process holds; when the pipe ends, by a stop or because this process was killed, the
/// server is told to shut down. PostgreSQL by itself would go on without its parent.
/// </summary>
internal sealed class ServerProcess : IDisposable
{
    /// <summary>
    /// Server and watcher get process groups of their own (set -m): a Ctrl-C in the terminal reaches neither, so
    /// this process can finish its work first; and a watcher survives even when the shell is killed with us.
    /// </summary>
    private const string KeeperScript = """
        umask 077
        exec 3<&0 </dev/null >>"$1" 2>&1
        shift
        trap '' INT TERM HUP
        set -m
        "$@" 3<&- &
        server=$!
        exec >/dev/null 2>&1
        (
          while read -r signal; do kill -s "$signal" -- "-$server"; done <&3
          kill -s INT -- "-$server"
        ) &
        watcher=$!
        exec 3<&-
        wait "$server"
        ended=$?
        kill -s KILL -- "-$watcher"
        exit "$ended"
        """;

    /// <summary>A fast shutdown: sessions are ended, the log is written out (postgres(1), SIGINT).</summary>
    private const string Fast = "INT";

    /// <summary>Ends at once; the next start recovers from the log (postgres(1), SIGQUIT).</summary>
    private const string Immediate = "QUIT";

    private static readonly TimeSpan FastMayTake = TimeSpan.FromSeconds(20);

    private readonly Process shell;

    private ServerProcess(Process shell) => this.shell = shell;

    public static ServerProcess Start(ServerFolders folders, ServerBinaries binaries, ServerAccount account)
    {
        var shell = new Process
        {
            StartInfo = ShellCommand.Describe([
                "bash", "-c", KeeperScript, "isthmus-postgres", folders.Log,
                .. account.Command(
                    binaries.Postgres, "-D", folders.Cluster,
                    "-c", $"config_file={folders.Settings}",
                    "-c", $"hba_file={folders.Access}",
                    "-c", $"unix_socket_directories={folders.Sockets}",
                    "-c", $"port={ServerFolders.Port}")]),
        };
        shell.StartInfo.RedirectStandardInput = true;
        shell.Start();
        return new ServerProcess(shell);
    }

    /// <summary>Ends when the server has ended by itself or was killed.</summary>
    public Task WaitForEndAsync(CancellationToken cancellation) => shell.WaitForExitAsync(cancellation);

    /// <summary>Shuts the server down: fast, and at once when that takes too long.</summary>
    public async Task StopAsync(TimeProvider time)
    {
        await TellAsync(Fast);
        try
        {
            await shell.WaitForExitAsync().WaitAsync(FastMayTake, time);
        }
        catch (TimeoutException)
        {
            await TellAsync(Immediate);
            await shell.WaitForExitAsync();
        }
    }

    private async Task TellAsync(string signal)
    {
        try
        {
            await shell.StandardInput.WriteLineAsync(signal);
            await shell.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
            // The server, and with it the shell, has ended already: that is what was asked for.
        }
    }

    public void Dispose() => shell.Dispose();
}
