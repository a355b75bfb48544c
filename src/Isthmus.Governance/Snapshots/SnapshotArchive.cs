using System.IO.Compression;
using Isthmus.Exchange;

namespace Isthmus.Governance.Snapshots;

/// <summary>The files of a site as one zip archive, which any tool can open.</summary>
internal static class SnapshotArchive
{
    public static byte[] Pack(SiteFiles files)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, bytes) in files.Files.OrderBy(f => f.Key, StringComparer.Ordinal))
            {
                using var entry = zip.CreateEntry(path).Open();
                entry.Write(bytes.Span);
            }
        }

        return stream.ToArray();
    }

    /// <exception cref="InvalidDataException">The archive does not hold the files of that version.</exception>
    public static SiteFiles Unpack(string version, byte[] archive)
    {
        var files = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        var room = (long)SiteFolder.MaxFolderBytes;
        using var zip = new ZipArchive(new MemoryStream(archive, writable: false), ZipArchiveMode.Read);
        foreach (var entry in zip.Entries)
        {
            room -= entry.Length;
            if (room < 0)
            {
                throw new InvalidDataException($"Site snapshot {version} is larger than a site may be.");
            }

            var bytes = new byte[entry.Length];
            using var content = entry.Open();
            content.ReadExactly(bytes);
            files.Add(entry.FullName, bytes);
        }

        return SiteFolder.VersionOf(files) == version
            ? new SiteFiles(version, files)
            : throw new InvalidDataException($"Site snapshot {version} is not what was applied.");
    }
}
