using Isthmus.Exchange;
using Isthmus.Hl7v2;

namespace Isthmus.Host.Sending;

/// <summary>One message of a file.</summary>
/// <param name="Number">Which message of its file, from one.</param>
internal sealed record FileMessage(string File, int Number, ReadOnlyMemory<byte> Bytes);

/// <summary>Finds and takes apart the files that a command names.</summary>
internal static class MessageFiles
{
    private const string InFolders = "*.hl7";

    /// <summary>In the order named; folders and patterns alphabetically, folders with their subfolders.</summary>
    public static IReadOnlyList<FileMessage> Read(IEnumerable<string> paths)
    {
        var messages = new List<FileMessage>();
        foreach (var file in paths.SelectMany(Files))
        {
            var number = 0;
            foreach (var message in Hl7Batch.Messages(File.ReadAllBytes(file)))
            {
                messages.Add(new(file, ++number, message));
            }
        }

        return messages;
    }

    private static IEnumerable<string> Files(string path)
    {
        if (File.Exists(path))
        {
            return [path];
        }

        var (folder, pattern) = Directory.Exists(path)
            ? (path, InFolders)
            : (Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : ".", Path.GetFileName(path));
        string[] found = Directory.Exists(folder) && pattern.AsSpan().ContainsAny('*', '?')
            ? Directory.GetFiles(folder, pattern, folder == path ? SearchOption.AllDirectories : SearchOption.TopDirectoryOnly)
            : [];
        return found.Length > 0
            ? found.Order(StringComparer.Ordinal)
            : throw new RefusalException(new("send.no-such-file", $"No message file at {path}.", FailureDomain.Client));
    }
}
