using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Npgsql;

namespace Isthmus.Inbound.Journal;

/// <summary>
/// Says whether there is room to take more in: enough free disk below PostgreSQL's data (where it is on this machine),
/// and a queue that is not too old. Measured every second, read for every frame.
/// </summary>
internal sealed class WatermarkGauge(NpgsqlDataSource source, string? dataFolder, Func<Watermarks> limits)
{
    private volatile Refusal? full;
    private double share = 1;

    /// <summary>What forbids taking more in, or null.</summary>
    public Refusal? Full => full;

    /// <summary>
    /// How much of its quota a sender should have for the sake of the room that is left: all of it while the queue is younger than half
    /// its mark and twice the free disk that must be is there, less the nearer the marks are, and 0 at either.
    /// </summary>
    public double Share => Volatile.Read(ref share);

    public async Task MeasureAsync(CancellationToken cancellation)
    {
        var now = limits();
        var disk = DiskToMark(now);
        var oldest = await OldestAsync(cancellation);
        full = disk < 1 ? ReceptionRules.DiskLow : oldest > now.QueueAge ? ReceptionRules.QueueOld : null;
        Volatile.Write(ref share, full is null ? Math.Clamp(Math.Min(disk - 1, 2 - (2 * oldest.TotalSeconds / Math.Max(0.001, now.QueueAge.TotalSeconds))), 0, 1) : 0);
    }

    /// <summary>Free space as a multiple of what must be free; without limit where the disk is another machine's.</summary>
    private double DiskToMark(Watermarks now)
    {
        if (string.IsNullOrEmpty(dataFolder))
        {
            return double.PositiveInfinity;
        }

        var drive = new DriveInfo(dataFolder);
        return drive.AvailableFreeSpace / Math.Max(1.0, Math.Max(now.DiskFreeBytes, drive.TotalSize / 100.0 * now.DiskFreePercent));
    }

    private async Task<TimeSpan> OldestAsync(CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("SELECT exchange.inbox_age()");
        return TimeSpan.FromSeconds((double)(await command.ExecuteScalarAsync(cancellation))!);
    }
}
