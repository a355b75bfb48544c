namespace Isthmus.Host.Doctor;

/// <summary>Whether the file system under a folder lies on an encrypted device, as far as Linux tells (dm-crypt, of which LUKS is a form).</summary>
internal static class DiskEncryption
{
    private const string Remedy =
        "Put the data folder on an encrypted volume (LUKS or your cloud's disk encryption). What Isthmus encrypts itself is listed below, store by store.";

    public static Diagnosis Of(string folder)
    {
        var device = DeviceOf(folder);
        if (device is null)
        {
            return Diagnosis.Warning("disk.encryption", "Whether the disk is encrypted cannot be seen from here.", Remedy);
        }

        return Diagnosis.When(
            IsEncrypted(device), "disk.encryption",
            IsEncrypted(device) ? "The disk under the data folder is encrypted." : "The disk under the data folder shows no encryption (a cloud's own would not show).",
            Verdict.Warning, Remedy);
    }

    /// <summary>The device "major:minor" of the longest mount point above the folder (proc_pid_mountinfo(5)).</summary>
    private static string? DeviceOf(string folder)
    {
        const string mounts = "/proc/self/mountinfo";
        const int device = 2;
        const int mountPoint = 4;
        return File.Exists(mounts)
            ? File.ReadLines(mounts)
                .Select(line => line.Split(' '))
                .Where(fields => IsAbove(fields[mountPoint], folder))
                .MaxBy(fields => fields[mountPoint].Length)?[device]
            : null;
    }

    private static bool IsAbove(string mountPoint, string folder) =>
        folder == mountPoint || folder.StartsWith(mountPoint.TrimEnd('/') + "/", StringComparison.Ordinal);

    /// <summary>The device itself or any that it is built on.</summary>
    private static bool IsEncrypted(string device)
    {
        var uuid = $"/sys/dev/block/{device}/dm/uuid";
        if (File.Exists(uuid) && File.ReadAllText(uuid).StartsWith("CRYPT-", StringComparison.Ordinal))
        {
            return true;
        }

        var below = $"/sys/dev/block/{device}/slaves";
        return Directory.Exists(below)
            && Directory.EnumerateDirectories(below).Any(slave => IsEncrypted(File.ReadAllText(Path.Combine(slave, "dev")).Trim()));
    }
}
