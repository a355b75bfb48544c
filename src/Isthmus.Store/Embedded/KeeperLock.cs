namespace Isthmus.Store.Embedded;

/// <summary>
/// Says which process keeps the server of a data folder. The lock is the operating system's (flock), so it ends
/// with its process however that ends; unlike a pid in a file it cannot be mistaken.
/// </summary>
internal sealed class KeeperLock : IDisposable
{
    private readonly FileStream held;

    private KeeperLock(FileStream held) => this.held = held;

    /// <summary>The lock, or null while another process holds it.</summary>
    public static KeeperLock? TryTake(string path)
    {
        try
        {
            return new KeeperLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    public void Dispose() => held.Dispose();
}
