namespace Isthmus.Store.Embedded;

/// <summary>
/// The operating-system account that PostgreSQL runs under. PostgreSQL refuses root, and a uid without an entry
/// in the passwd file fails initdb; so root lends it the system account <c>isthmus</c>.
/// </summary>
internal sealed class ServerAccount
{
    public const string SystemName = "isthmus";
    public const string SystemHome = "/var/lib/isthmus";

    private readonly string[] prefix;

    private ServerAccount(params string[] prefix) => this.prefix = prefix;

    /// <summary>True when this process is root and the server runs as the account <c>isthmus</c>.</summary>
    public bool IsLent => prefix.Length > 0;

    public static async Task<ServerAccount> ChooseAsync(CancellationToken cancellation)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return new ServerAccount();
        }

        if (!await ExistsAsync(cancellation))
        {
            await CreateAsync(cancellation);
        }

        string[][] waysToStepDown =
        [
            ["setpriv", $"--reuid={SystemName}", $"--regid={SystemName}", "--init-groups", "--"],
            ["runuser", "-u", SystemName, "--"],
        ];
        foreach (var way in waysToStepDown)
        {
            if ((await ShellCommand.RunAsync([.. way, "true"], cancellation)).Succeeded)
            {
                return new ServerAccount(way);
            }
        }

        throw new EmbeddedPostgresException(
            $"Cannot act as the account '{SystemName}': neither setpriv nor runuser works here. Install util-linux, or run isthmus as an ordinary user.");
    }

    /// <summary>The command as the server's account would run it.</summary>
    public IReadOnlyList<string> Command(params string[] command) => [.. prefix, .. command];

    /// <summary>Gives the folder or file to the server's account alone.</summary>
    public async Task OwnAsync(string path, CancellationToken cancellation)
    {
        if (!IsLent)
        {
            return;
        }

        var given = await ShellCommand.RunAsync(["chown", $"{SystemName}:{SystemName}", path], cancellation);
        if (!given.Succeeded)
        {
            throw new EmbeddedPostgresException($"Cannot give '{path}' to the account '{SystemName}': {given.Text}");
        }
    }

    /// <summary>Fails with the remedy when the server's account cannot get to the folder (a home folder of mode 0700 above it, say).</summary>
    public async Task RequireReachAsync(string folder, CancellationToken cancellation)
    {
        if (IsLent && !(await ShellCommand.RunAsync(Command("test", "-x", folder), cancellation)).Succeeded)
        {
            throw new EmbeddedPostgresException(
                $"The account '{SystemName}', which PostgreSQL runs under, cannot reach '{folder}'. Set ISTHMUS_DATA to a folder outside private home folders, such as {SystemHome}.");
        }
    }

    private static async Task<bool> ExistsAsync(CancellationToken cancellation) =>
        (await ShellCommand.RunAsync(["id", "-u", SystemName], cancellation)).Succeeded;

    private static async Task CreateAsync(CancellationToken cancellation)
    {
        var made = await ShellCommand.RunAsync(
            ["useradd", "--system", "--user-group", "--home-dir", SystemHome, "--no-create-home", "--shell", "/usr/sbin/nologin", SystemName],
            cancellation);

        // Several processes may start at once on a fresh machine: whoever comes second finds the account made.
        if (!made.Succeeded && !await ExistsAsync(cancellation))
        {
            throw new EmbeddedPostgresException(
                $"PostgreSQL does not run as root, and the account '{SystemName}' could not be made ({made.Text}). Create it (useradd --system --user-group {SystemName}), run isthmus as an ordinary user, or set ISTHMUS_DATABASE.");
        }
    }
}
