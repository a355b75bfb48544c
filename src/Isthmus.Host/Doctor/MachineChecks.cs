using Isthmus.Exchange.Contracts;

namespace Isthmus.Host.Doctor;

/// <summary>Data folder, disk and clock of this machine.</summary>
internal static class MachineChecks
{
    private const UnixFileMode OthersMayWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const UnixFileMode OthersMayLook = UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>systemd-timesyncd and chrony leave these where the clock has been set from the network.</summary>
    private static readonly string[] SignsOfSynchronisation = ["/run/systemd/timesync/synchronized", "/run/chrony/chronyd.pid", "/run/ntpd.pid"];

    public static IEnumerable<Diagnosis> Examine(string dataFolder, Watermarks? watermarks)
    {
        if (!Directory.Exists(dataFolder))
        {
            yield return Diagnosis.Ok("data.folder", $"The data folder {dataFolder} is made at the first start.");
            yield break;
        }

        var mode = File.GetUnixFileMode(dataFolder);
        yield return Diagnosis.When(
            (mode & (OthersMayWrite | OthersMayLook)) == UnixFileMode.None,
            "data.folder", $"The data folder is {dataFolder}, {Octal(mode)}.",
            (mode & OthersMayWrite) == UnixFileMode.None ? Verdict.Warning : Verdict.Fault, $"chmod go-rw '{dataFolder}'");

        var drive = new DriveInfo(dataFolder);
        var least = Math.Max(watermarks?.DiskFreeBytes ?? 0, drive.TotalSize / 100 * (watermarks?.DiskFreePercent ?? 0));
        yield return Diagnosis.When(
            drive.AvailableFreeSpace > 2 * least,
            "data.disk", $"{Gigabytes(drive.AvailableFreeSpace)} GB of {Gigabytes(drive.TotalSize)} GB are free; below {Gigabytes(least)} GB nothing is acknowledged any more.",
            drive.AvailableFreeSpace > least ? Verdict.Warning : Verdict.Fault, "Free some space, or move the data folder (ISTHMUS_DATA).");

        yield return DiskEncryption.Of(dataFolder);
        yield return Diagnosis.When(
            SignsOfSynchronisation.Any(Path.Exists),
            "clock.synchronised", SignsOfSynchronisation.Any(Path.Exists) ? "The clock is set from the network." : "Nothing here shows that the clock is set from the network.",
            Verdict.Warning, "Run a time service (systemd-timesyncd, chrony): tokens, expiry of consent and the audit depend on the clock.");
    }

    public static string Octal(UnixFileMode mode) => "mode " + Convert.ToString((int)mode, 8).PadLeft(4, '0');

    private static string Gigabytes(long bytes) => (bytes / 1e9).ToString("0.0", System.Globalization.CultureInfo.InvariantCulture);
}
