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

    /// <summary>What forbids taking more in, or null.</summary>
    public Refusal? Full => full;

    public async Task MeasureAsync(CancellationToken cancellation)
    {
        var now = limits();
        full = IsDiskLow(now) ? ReceptionRules.DiskLow
            : await OldestAsync(cancellation) > now.QueueAge ? ReceptionRules.QueueOld
            : null;
    }

    private bool IsDiskLow(Watermarks now)
    {
        if (string.IsNullOrEmpty(dataFolder))
        {
            return false;
        }

        var drive = new DriveInfo(dataFolder);
        return drive.AvailableFreeSpace < now.DiskFreeBytes
            || drive.AvailableFreeSpace < drive.TotalSize / 100 * now.DiskFreePercent;
    }

    private async Task<TimeSpan> OldestAsync(CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("SELECT exchange.inbox_age()");
        return TimeSpan.FromSeconds((double)(await command.ExecuteScalarAsync(cancellation))!);
    }
}
