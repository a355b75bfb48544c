using System.Globalization;

namespace Isthmus.Store.Embedded;

/// <summary>
/// Deals with what a dead keeper left in the cluster: a server that is still shutting down or that nobody
/// watches any more, backends whose postmaster was killed, or a pid file whose number now belongs to another program.
/// </summary>
internal static class StrayServer
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    /// <summary>Returns when no process works in the cluster any more. The caller holds the keeper's lock.</summary>
    public static async Task EndAsync(string cluster, EmbeddedOptions options, CancellationToken cancellation)
    {
        var started = options.Time.GetTimestamp();
        var told = false;
        while (PostmasterFile.Read(cluster) is { } file)
        {
            if (options.Time.GetElapsedTime(started) > options.StartTimeout)
            {
                throw new EmbeddedPostgresException(
                    $"A PostgreSQL process (pid {file.ProcessId}) still works in '{cluster}' and does not end. End it and start again.");
            }

            var workers = await WorkersAsync(cluster, cancellation);
            if (workers.Contains(file.ProcessId))
            {
                if (!told)
                {
                    await ShellCommand.RunAsync(["bash", "-c", "kill -s INT \"$1\"", "kill", Text(file.ProcessId)], cancellation);
                    told = true;
                }
            }
            else if (workers.Count == 0)
            {
                // The number in the file proves nothing: its process does not work here, and neither does any other.
                File.Delete(PostmasterFile.PathIn(cluster));
            }

            await Task.Delay(Poll, options.Time, cancellation);
        }
    }

    /// <summary>
    /// The processes of a server in this cluster. PostgreSQL makes the cluster its working folder; where /proc
    /// does not tell (macOS), the postmaster is known by its command line.
    /// </summary>
    private static async Task<HashSet<int>> WorkersAsync(string cluster, CancellationToken cancellation)
    {
        if (!Directory.Exists("/proc/self"))
        {
            var listed = await ShellCommand.RunAsync(["ps", "-axo", "pid=,command="], cancellation);
            return [.. listed.Text.Split('\n')
                .Where(line => line.Contains($"-D {cluster}", StringComparison.Ordinal))
                .Select(line => int.Parse(line.Trim().Split(' ')[0], CultureInfo.InvariantCulture))];
        }

        return [.. Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid => pid > 0 && WorkingFolderOf(pid) == Path.TrimEndingDirectorySeparator(cluster))];
    }

    private static string? WorkingFolderOf(int pid)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{Text(pid)}/cwd", returnFinalTarget: false)?.FullName;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null; // ended meanwhile, or somebody else's
        }
    }

    private static string Text(int pid) => pid.ToString(CultureInfo.InvariantCulture);
}
