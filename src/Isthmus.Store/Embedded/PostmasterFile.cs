using System.Globalization;

namespace Isthmus.Store.Embedded;

/// <summary>
/// postmaster.pid as PostgreSQL writes it (miscadmin.h, LOCK_FILE_LINE_*): pid, data folder, start time, port,
/// socket folder, listen address, shared memory, status.
/// </summary>
internal sealed record PostmasterFile(int ProcessId, string Identity, bool IsReady)
{
    private const int LinesOfIdentity = 3;
    private const int StatusLine = 7;

    public static string PathIn(string cluster) => Path.Combine(cluster, "postmaster.pid");

    /// <summary>Null when there is no such file, or when it is still being written.</summary>
    public static PostmasterFile? Read(string cluster)
    {
        try
        {
            return Parse(File.ReadAllText(PathIn(cluster)));
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public static PostmasterFile? Parse(string text)
    {
        var lines = text.Split('\n');
        return lines.Length > LinesOfIdentity && int.TryParse(lines[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var pid)
            ? new PostmasterFile(
                Math.Abs(pid), // negative in single-user mode
                string.Join('\n', lines[..LinesOfIdentity]),
                lines.Length > StatusLine && lines[StatusLine].Trim() == "ready")
            : null;
    }
}
