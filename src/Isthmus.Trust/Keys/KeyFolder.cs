using System.Security.Cryptography;

namespace Isthmus.Trust.Keys;

/// <summary>
/// The key files of a site: one file per key, readable by its owner only. A zone that runs as a process of its own is
/// given a folder with its own files and no others; a key that is not there is a clear refusal, never a default.
/// </summary>
public sealed class KeyFolder(string folder)
{
    private const int SecretBytes = 32;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyFolder = OwnerOnly | UnixFileMode.UserExecute;

    public string Path { get; } = folder;

    /// <summary>A 256-bit secret, e.g. <c>tenant.kek</c> or <c>order.key</c>.</summary>
    /// <exception cref="KeyMissingException">This process was not given the key.</exception>
    public byte[] Secret(string name) => Convert.FromHexString(File.ReadAllText(Existing(name)).Trim());

    /// <summary>The private half of a zone's sealing key.</summary>
    /// <exception cref="KeyMissingException">This process was not given the key.</exception>
    public ECDiffieHellman SealingPrivate(SealedTo zone)
    {
        var key = ECDiffieHellman.Create();
        key.ImportFromPem(File.ReadAllText(Existing(PrivateName(zone))));
        return key;
    }

    /// <summary>The public half of a zone's sealing key.</summary>
    /// <exception cref="KeyMissingException">This process was not given the key.</exception>
    public ECDiffieHellman SealingPublic(SealedTo zone)
    {
        var key = ECDiffieHellman.Create();
        key.ImportFromPem(File.ReadAllText(Existing(PublicName(zone))));
        return key;
    }

    /// <summary>Whether the file is there, e.g. to say so in a check.</summary>
    public bool Has(string name) => File.Exists(System.IO.Path.Combine(Path, name));

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

    /// <summary>The path of a key file that must exist.</summary>
    /// <exception cref="KeyMissingException">This process was not given the key.</exception>
    public string Existing(string name)
    {
        var path = System.IO.Path.Combine(Path, name);
        return File.Exists(path) ? path : throw new KeyMissingException(name, Path);
    }

    /// <summary>The file of a zone's private sealing key.</summary>
    public static string PrivateName(SealedTo zone) => zone == SealedTo.Mediation ? "mediation.seal.key" : "outbound.seal.key";

    /// <summary>The file of a zone's public sealing key.</summary>
    public static string PublicName(SealedTo zone) => zone == SealedTo.Mediation ? "mediation.seal.pub" : "outbound.seal.pub";

    private void Write(string name, string content)
    {
        Directory.CreateDirectory(Path, OwnerOnlyFolder);
        var target = System.IO.Path.Combine(Path, name);
        var draft = $"{target}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly };
        using (var writer = new StreamWriter(draft, options))
        {
            writer.Write(content);
        }

        File.Move(draft, target, overwrite: false);
    }
}

/// <summary>A zone to which others seal what they hand over.</summary>
public enum SealedTo
{
    Mediation,
    Outbound,
}

/// <summary>A key file that this process was not given.</summary>
public sealed class KeyMissingException(string name, string folder)
    : Exception($"key.missing: the key file {name} is not in {folder}. Give this process the key, or name its folder with ISTHMUS_KEYS.");
