using System.Security.Cryptography;
using System.Text;
using Isthmus.Exchange;
using Isthmus.Mapping;

namespace Isthmus.Governance;

/// <summary>Reads a site folder once, into memory, within bounds.</summary>
public static class SiteFolder
{
    /// <summary>The largest file of a real site is a terminology table; ten times that is a mistake.</summary>
    public const int MaxFileBytes = 16 << 20;

    /// <summary>A snapshot travels through one database row.</summary>
    public const int MaxFolderBytes = 64 << 20;

    private const int MaxFiles = 5000;

    /// <summary>
    /// Every regular file below the folder, names beginning with a dot left out, and under <c>library/</c> the maps and tables
    /// it inherits, unless it pins a library of its own there: a snapshot holds all that decides. Links that lead outside are faults.
    /// </summary>
    /// <param name="inherited">The library, where it is not the one that ships with this version.</param>
    /// <returns>The files, or null with the faults that forbid it.</returns>
    public static (SiteFiles? Files, IReadOnlyList<SiteFault> Faults) Read(
        string folder, IReadOnlyList<(string Path, ReadOnlyMemory<byte> Bytes)>? inherited = null)
    {
        var root = new DirectoryInfo(Path.GetFullPath(folder));
        if (!root.Exists)
        {
            return (null, [new SiteFault(folder, 0, SiteRules.FolderMissing, "There is no such folder.")]);
        }

        var files = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        var faults = new List<SiteFault>();
        var total = 0L;
        foreach (var file in Walk(root))
        {
            var path = Path.GetRelativePath(root.FullName, file.FullName).Replace('\\', '/');
            if (file.LinkTarget is not null)
            {
                faults.Add(new SiteFault(path, 0, SiteRules.FileLinked, "A link is not followed: what is approved must be in the folder itself."));
            }
            else if (file.Length > MaxFileBytes)
            {
                faults.Add(new SiteFault(path, 0, SiteRules.FileTooLarge, "The file is larger than 16 MiB."));
            }
            else if ((total += file.Length) > MaxFolderBytes || files.Count == MaxFiles)
            {
                faults.Add(new SiteFault(path, 0, SiteRules.FolderTooLarge, "The folder holds more than 64 MiB or 5000 files."));
                break;
            }
            else
            {
                files.Add(path, File.ReadAllBytes(file.FullName));
            }
        }

        if (!files.Keys.Any(path => path.StartsWith(MapLibrary.Folder, StringComparison.Ordinal)))
        {
            foreach (var (path, bytes) in inherited ?? MapLibrary.Files)
            {
                files.Add(path, bytes);
            }
        }

        return faults.Count > 0 ? (null, faults) : (new SiteFiles(VersionOf(files), files), faults);
    }

    /// <summary>
    /// First twelve hex digits of the SHA-256 over path, length and content of every file in ordinal order of paths:
    /// the lengths keep two different sets from running together.
    /// </summary>
    public static string VersionOf(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (path, bytes) in files.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{path}\0{bytes.Length}\0"));
            hash.AppendData(bytes.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }

    private static IEnumerable<FileInfo> Walk(DirectoryInfo folder)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos().Where(e => !e.Name.StartsWith('.')).OrderBy(e => e.Name, StringComparer.Ordinal))
        {
            if (entry is FileInfo file)
            {
                yield return file;
            }
            else if (entry.LinkTarget is not null)
            {
                // Reported like a linked file; its content is never walked.
                yield return new FileInfo(entry.FullName);
            }
            else
            {
                foreach (var below in Walk((DirectoryInfo)entry))
                {
                    yield return below;
                }
            }
        }
    }
}
