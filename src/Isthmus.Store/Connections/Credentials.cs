using System.Security.Cryptography;

namespace Isthmus.Store.Connections;

/// <summary>
/// The passwords of the zone logins: one file per login, readable by its owner only, so that a zone that runs as a
/// process of its own is given its own file and no other.
/// </summary>
public sealed class Credentials(string folder)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyFolder = OwnerOnly | UnixFileMode.UserExecute;

    public string Folder { get; } = folder;

    /// <summary>The login's password.</summary>
    /// <exception cref="FileNotFoundException">This process was not given the login.</exception>
    public string PasswordFor(ZoneRole role) => File.ReadAllText(PathOf(role)).Trim();

    public bool Holds(ZoneRole role) => File.Exists(PathOf(role));

    /// <summary>Creates what is missing; what exists stays.</summary>
    public void CreateMissing()
    {
        Directory.CreateDirectory(Folder, OwnerOnlyFolder);
        foreach (var role in ZoneRoles.All)
        {
            CreateIfMissing(PathOf(role));
        }
    }

    private static void CreateIfMissing(string path)
    {
        if (File.Exists(path))
        {
            return;
        }

        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = OwnerOnly,
        };
        using var writer = new StreamWriter(path, options);
        writer.Write(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)));
    }

    private string PathOf(ZoneRole role) => Path.Combine(Folder, role.LoginName());
}
