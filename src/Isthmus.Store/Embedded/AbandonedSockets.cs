using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Isthmus.Store.Embedded;

/// <summary>
/// Socket folders whose server is gone. Whoever is killed cannot take its own away, and a data folder that never comes back has
/// nobody else who would.
/// </summary>
internal static partial class AbandonedSockets
{
    /// <summary>How the name of a socket folder begins; the fingerprint of its data folder follows.</summary>
    public const string FolderName = "isthmus-";

    /// <summary>Far longer than a server takes from making its folder to listening in it.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(10);

    /// <summary>Removes them from <paramref name="parent"/>; what belongs to somebody else stays.</summary>
    public static void Remove(string parent, TimeProvider time)
    {
        var since = time.GetUtcNow().UtcDateTime - Forgotten;
        foreach (var folder in Directory.EnumerateDirectories(parent, FolderName + "*").Where(folder => OfAServer().IsMatch(Path.GetFileName(folder))))
        {
            try
            {
                if (Directory.GetLastWriteTimeUtc(folder) < since && IsWithoutServer(folder))
                {
                    Directory.Delete(folder, recursive: true);
                }
            }
            catch (Exception theirs) when (theirs is IOException or UnauthorizedAccessException)
            {
                // Another account's, or another process removes it at this moment.
            }
        }
    }

    /// <summary>Empty, or with the socket of a process that its lock file names and that is gone (postgresql: miscinit.c, CreateLockFile).</summary>
    private static bool IsWithoutServer(string folder)
    {
        var files = Directory.GetFileSystemEntries(folder);
        var locked = files.FirstOrDefault(file => file.EndsWith(".lock", StringComparison.Ordinal));
        return files.Length == 0
            || (locked is not null
                && int.TryParse(File.ReadLines(locked).FirstOrDefault(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var process)
                && IsGone(process));
    }

    private static bool IsGone(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return process.HasExited;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }

    [GeneratedRegex("^isthmus-[0-9a-f]{12}$", RegexOptions.NonBacktracking)]
    private static partial Regex OfAServer();
}
