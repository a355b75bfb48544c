namespace Isthmus.Testing;

/// <summary>
/// Folders for tests to leave things in, all below one folder of this process. It goes when the process ends; what a killed one
/// left goes when the next one starts. A lock tells who still lives, whatever process ids mean by then.
/// </summary>
public static class Scratch
{
    /// <summary>How the folder of a process begins.</summary>
    public const string FolderName = "isthmus-tests-";

    /// <summary>The file in it that its process holds.</summary>
    public const string LockName = "lock";
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>PostgreSQL may run under an account of its own and passes through to its data.</summary>
    private const UnixFileMode Passable = Private | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Between a folder and its lock there is a moment.</summary>
    private static readonly TimeSpan TimeToLock = TimeSpan.FromMinutes(1);

    private static readonly List<Action> Endings = [];
    private static readonly Lazy<string> Root = new(Open);

    /// <summary>A new folder that only this account may enter.</summary>
    /// <param name="purpose">Leads its name, for whoever looks into a run that hangs.</param>
    public static DirectoryInfo NewFolder(string purpose) => Directory.CreateDirectory(NewPath(purpose), Private);

    /// <summary>A path below this process's folder at which nothing is yet.</summary>
    public static string NewPath(string purpose) => Path.Combine(Root.Value, $"{purpose}-{Guid.NewGuid().ToString("N")[..12]}");

    /// <summary>Has something done before the folders go: what still runs in them ends first.</summary>
    public static void BeforeTheEnd(Action ending)
    {
        lock (Endings)
        {
            Endings.Add(ending);
        }
    }

    /// <summary>Sweeps what others abandoned, and makes a folder that is held until the process ends.</summary>
    private static string Open()
    {
        Sweep(Path.GetTempPath());
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), FolderName + Guid.NewGuid().ToString("N")[..12]), Passable).FullName;
        var held = Hold(folder);
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            lock (Endings)
            {
                Endings.ForEach(ending => ending());
            }

            held.Dispose();
            TryRemove(folder);
        };
        return folder;
    }

    /// <summary>Removes what processes that are gone left below <paramref name="parent"/>.</summary>
    public static void Sweep(string parent)
    {
        foreach (var folder in Directory.EnumerateDirectories(parent, FolderName + "*").Where(IsAbandoned))
        {
            TryRemove(folder);
        }
    }

    private static bool IsAbandoned(string folder)
    {
        try
        {
            if (!File.Exists(Path.Combine(folder, LockName)))
            {
                return TimeProvider.System.GetUtcNow().UtcDateTime - Directory.GetLastWriteTimeUtc(folder) > TimeToLock;
            }

            Hold(folder).Dispose();
            return true;
        }
        catch (Exception theirs) when (theirs is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <exception cref="IOException">Another process holds it.</exception>
    private static FileStream Hold(string folder) => new(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    private static void TryRemove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception theirs) when (theirs is IOException or UnauthorizedAccessException)
        {
            // Another account's, or another process removes it at this moment.
        }
    }
}
