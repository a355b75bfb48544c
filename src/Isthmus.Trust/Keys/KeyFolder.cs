using System.Security.Cryptography;

namespace Isthmus.Trust.Keys;

/// <summary>
/// Key files: one per key, readable by its owner only. A zone that runs as a process of its own is given a folder with its own files
/// and no others.
/// </summary>
public sealed class KeyFolder(string folder) : KeySource
{
    private const int SecretBytes = 32;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyFolder = OwnerOnly | UnixFileMode.UserExecute;

    public override string Place => folder;

    /// <summary>
    /// Creates a secret where none is yet; for trial sites and tests. A production site's keys are brought, not made.
    /// </summary>
    public void CreateSecretIfMissing(string name)
    {
        if (!Has(name))
        {
            Write(name, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes)));
        }
    }

    /// <summary>Creates a zone's sealing pair where none is yet; for trial sites and tests.</summary>
    public void CreateSealingPairIfMissing(SealedTo zone)
    {
        if (!Has(PrivateName(zone)))
        {
            using var pair = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
            Write(PrivateName(zone), pair.ExportPkcs8PrivateKeyPem());
        }

        if (!Has(PublicName(zone)))
        {
            using var pair = SealingPrivate(zone);
            Write(PublicName(zone), pair.ExportSubjectPublicKeyInfoPem());
        }
    }

    /// <summary>
    /// Creates an ES384 signing pair where none is yet, as <c>NAME.key</c> and <c>NAME.pub</c>; for trial sites and tests.
    /// </summary>
    public void CreateSigningPairIfMissing(string name)
    {
        if (Has(name + ".key"))
        {
            return;
        }

        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Write(name + ".key", pair.ExportPkcs8PrivateKeyPem());
        Write(name + ".pub", pair.ExportSubjectPublicKeyInfoPem());
    }

    /// <summary>The path of a key file that must exist, for another process to read.</summary>
    /// <exception cref="KeyMissingException">This process was not given the key.</exception>
    public string Existing(string name) => PathOf(name) is var path && File.Exists(path) ? path : throw new KeyMissingException(name, folder);

    /// <summary>
    /// Copies a key file that must exist into another folder, there perhaps under another name. In one step, since whoever owns that
    /// folder may be reading what was there before.
    /// </summary>
    /// <exception cref="KeyMissingException">This process was not given the key.</exception>
    public void Give(string name, string otherFolder, string? asName = null)
    {
        var given = Path.Combine(otherFolder, asName ?? name);
        File.Copy(Existing(name), given + ".new", overwrite: true);
        File.Move(given + ".new", given, overwrite: true);
    }

    protected override string? Read(string name) => PathOf(name) is var path && File.Exists(path) ? File.ReadAllText(path).Trim() : null;

    /// <summary>A name with a root stands for itself.</summary>
    private string PathOf(string name) => Path.Combine(folder, name);

    private void Write(string name, string content)
    {
        Directory.CreateDirectory(folder, OwnerOnlyFolder);
        var target = PathOf(name);
        var draft = $"{target}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly };
        using (var writer = new StreamWriter(draft, options))
        {
            writer.Write(content);
        }

        File.Move(draft, target, overwrite: false);
    }
}
