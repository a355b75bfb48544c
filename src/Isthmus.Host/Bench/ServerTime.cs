using System.Globalization;
using Npgsql;

namespace Isthmus.Host.Bench;

/// <summary>
/// The processor time that PostgreSQL has had, all of its processes together. Linux alone tells it of other processes, and only of those
/// of the same machine; elsewhere it is unknown and counts as none.
/// </summary>
internal sealed class ServerTime
{
    /// <summary>Fields of /proc/PID/stat (proc(5)), counted from the one behind the name: parent, and user, system and gone children's time.</summary>
    private const int Parent = 1;
    private const int UserTime = 11;
    private const int SystemTime = 12;
    private const int GoneUserTime = 13;
    private const int GoneSystemTime = 14;

    /// <summary>USER_HZ, which is 100 on every Linux whatever its kernel ticks by.</summary>
    private const double TicksPerSecond = 100;

    private readonly int postmaster;

    private ServerTime(int postmaster) => this.postmaster = postmaster;

    public static async Task<ServerTime> OfAsync(NpgsqlDataSource source, bool isHere, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("SELECT pg_backend_pid()");
        var backend = (int)(await command.ExecuteScalarAsync(cancellation))!;
        return new ServerTime(isHere && Read(backend) is { } stat ? (int)stat[Parent] : 0);
    }

    public TimeSpan Now
    {
        get
        {
            if (postmaster == 0 || Read(postmaster) is not { } own)
            {
                return TimeSpan.Zero;
            }

            var ticks = own[UserTime] + own[SystemTime] + own[GoneUserTime] + own[GoneSystemTime];
            foreach (var folder in Directory.EnumerateDirectories("/proc"))
            {
                if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var process)
                    && Read(process) is { } stat && stat[Parent] == postmaster)
                {
                    ticks += stat[UserTime] + stat[SystemTime];
                }
            }

            return TimeSpan.FromSeconds(ticks / TicksPerSecond);
        }
    }

    /// <summary>The numbers behind the process's name and state; null when it is gone.</summary>
    private static long[]? Read(int process)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{process}/stat");
            return [0, .. text[(text.LastIndexOf(')') + 4)..].Split(' ').Take(GoneSystemTime).Select(word => long.Parse(word, CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            return null;
        }
    }
}
