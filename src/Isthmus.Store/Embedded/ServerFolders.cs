using System.Security.Cryptography;
using System.Text;

namespace Isthmus.Store.Embedded;

/// <summary>
/// Where an embedded server keeps its things. The cluster belongs to the server's account; password, settings
/// and log lie beside it and belong to the account that started Isthmus, so that the server cannot change them.
/// </summary>
internal sealed class ServerFolders
{
    /// <summary>sun_path holds 108 bytes with its closing zero (unix(7)).</summary>
    private const int LongestSocketPath = 107;

    /// <summary>The port only names the socket file: the server does not listen on TCP.</summary>
    public const int Port = 5432;

    public const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Others pass through, to what is theirs further down, and see nothing on their way.</summary>
    public const UnixFileMode Passable = Private | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private ServerFolders(string data)
    {
        Data = data;
        Server = Path.Combine(data, "postgres");
        Sockets = Path.Combine(Environment.IsPrivilegedProcess && Directory.Exists("/run") ? "/run" : "/tmp", AbandonedSockets.FolderName + Fingerprint(data));
    }

    public string Data { get; }

    public string Server { get; }

    public string Sockets { get; }

    public string Cluster => Path.Combine(Server, "cluster");

    public string Settings => Path.Combine(Server, "postgresql.conf");

    public string Access => Path.Combine(Server, "pg_hba.conf");

    /// <summary>An operator's own settings, read last. Isthmus never writes it.</summary>
    public string LocalSettings => Path.Combine(Server, "local.conf");

    public string Password => Path.Combine(Server, "superuser.password");

    public string Log => Path.Combine(Server, "server.log");

    public string KeeperLock => Path.Combine(Server, "keeper.lock");

    public static string DefaultData()
    {
        if (Environment.GetEnvironmentVariable("ISTHMUS_DATA") is { Length: > 0 } asked)
        {
            return asked;
        }

        if (Environment.IsPrivilegedProcess)
        {
            return ServerAccount.SystemHome;
        }

        var shared = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        return shared.Length > 0
            ? Path.Combine(shared, "isthmus")
            : throw new EmbeddedPostgresException("There is no home folder to keep data in. Set ISTHMUS_DATA to a folder of your own.");
    }

    public static async Task<ServerFolders> PrepareAsync(EmbeddedOptions options, ServerAccount account, CancellationToken cancellation)
    {
        var folders = new ServerFolders(Path.GetFullPath(options.DataFolder ?? DefaultData()));
        try
        {
            foreach (var folder in new[] { folders.Data, folders.Server })
            {
                Directory.CreateDirectory(folder, account.IsLent ? Passable : Private);
            }

            await account.RequireReachAsync(folders.Server, cancellation);
        }
        catch (Exception refused) when (refused is UnauthorizedAccessException or IOException)
        {
            throw new EmbeddedPostgresException(
                $"Cannot prepare '{folders.Data}' for PostgreSQL: {refused.Message} Set ISTHMUS_DATA to a folder of your own.", refused);
        }

        return folders;
    }

    /// <summary>Makes the folder of the socket. Its name follows from the data folder, so that every process finds it.</summary>
    public async Task PrepareSocketsAsync(ServerAccount account, TimeProvider time, CancellationToken cancellation)
    {
        var socket = Path.Combine(Sockets, $".s.PGSQL.{Port}");
        if (Encoding.UTF8.GetByteCount(socket) > LongestSocketPath)
        {
            throw new EmbeddedPostgresException($"The socket path '{socket}' is longer than {LongestSocketPath} bytes.");
        }

        AbandonedSockets.Remove(Path.GetDirectoryName(Sockets)!, time);
        var folder = Directory.CreateDirectory(Sockets, Private);
        if (folder.LinkTarget is not null)
        {
            throw new EmbeddedPostgresException($"'{Sockets}' is a link, not a folder. Remove it: the server's socket is not put where somebody else chose.");
        }

        // Fails when somebody else made the folder first: only its owner may change the mode.
        File.SetUnixFileMode(Sockets, Private);
        await account.OwnAsync(Sockets, cancellation);
    }

    /// <summary>Takes the folder of the socket away again, unless something is left in it.</summary>
    public void RemoveSockets()
    {
        if (Directory.Exists(Sockets) && !Directory.EnumerateFileSystemEntries(Sockets).Any())
        {
            Directory.Delete(Sockets);
        }
    }

    private static string Fingerprint(string data) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Environment.UserName}\n{data}")).AsSpan(0, 6));
}
