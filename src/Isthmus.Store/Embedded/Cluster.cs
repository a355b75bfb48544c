using System.Security.Cryptography;

namespace Isthmus.Store.Embedded;

/// <summary>The data folder of PostgreSQL: made once, by initdb, under its final name only when complete.</summary>
internal static class Cluster
{
    public const string SuperUser = "postgres";

    private const string Major = "18";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Readable = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Makes the cluster when there is none and writes the settings of this start. The caller holds the keeper's lock.</summary>
    public static async Task EnsureAsync(
        ServerFolders folders, ServerBinaries binaries, ServerAccount account, EmbeddedOptions options, CancellationToken cancellation)
    {
        var version = Path.Combine(folders.Cluster, "PG_VERSION");
        if (!File.Exists(version))
        {
            await CreateAsync(folders, binaries, account, options, cancellation);
        }
        else if ((await File.ReadAllTextAsync(version, cancellation)).Trim() is var found && found != Major)
        {
            throw new EmbeddedPostgresException(
                $"'{folders.Cluster}' was written by PostgreSQL {found}; this is PostgreSQL {Major}. Restore a backup into a new ISTHMUS_DATA folder.");
        }

        await WriteAsync(folders.Settings, ServerSettings.Compose(options, folders.LocalSettings), Readable, cancellation);
        await WriteAsync(folders.Access, ServerSettings.Access, Readable, cancellation);
    }

    private static async Task CreateAsync(
        ServerFolders folders, ServerBinaries binaries, ServerAccount account, EmbeddedOptions options, CancellationToken cancellation)
    {
        var unfinished = folders.Cluster + ".unfinished";
        if (Directory.Exists(unfinished))
        {
            Directory.Delete(unfinished, recursive: true);
        }

        Directory.CreateDirectory(unfinished);
        await account.OwnAsync(unfinished, cancellation);

        await WriteAsync(folders.Password, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)), OwnerOnly, cancellation);
        var lent = folders.Password + ".initdb";
        File.Copy(folders.Password, lent, overwrite: true);
        await account.OwnAsync(lent, cancellation);
        try
        {
            var made = await ShellCommand.RunAsync(
                account.Command([
                    binaries.InitDb, "--pgdata", unfinished, "--username", SuperUser, "--pwfile", lent,
                    "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--data-checksums",
                    .. options.Durable ? Array.Empty<string>() : ["--no-sync"]]),
                cancellation);
            if (!made.Succeeded)
            {
                throw new EmbeddedPostgresException($"initdb failed in '{unfinished}': {made.Text}");
            }
        }
        finally
        {
            File.Delete(lent);
        }

        Directory.Move(unfinished, folders.Cluster);
    }

    private static async Task WriteAsync(string path, string text, UnixFileMode mode, CancellationToken cancellation)
    {
        // Under another name first, so that a crash never leaves half a file where a whole one stood.
        var unfinished = path + ".unfinished";
        File.Delete(unfinished);
        await using (var file = new FileStream(unfinished, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        await using (var writer = new StreamWriter(file))
        {
            await writer.WriteAsync(text.AsMemory(), cancellation);
        }

        File.SetUnixFileMode(unfinished, mode);
        File.Move(unfinished, path, overwrite: true);
    }
}
