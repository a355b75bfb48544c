using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Isthmus.Exchange.Contracts;

namespace Isthmus.Trust.Keys;

/// <summary>
/// Where the keys and secrets of a site come from. They are asked for by name each time they are needed, so that one which is
/// replaced there is in use without a restart; one which is not there is a clear refusal, never a default.
/// </summary>
public abstract class KeySource
{
    /// <summary>What the source is, for people: a folder, the environment, a vault's address. Never a secret.</summary>
    public abstract string Place { get; }

    /// <summary>The source that a site names.</summary>
    /// <param name="folder">The key files that this process was given: for a folder all there is, for the others what opens them.</param>
    public static KeySource Open(KeySettings settings, KeyFolder folder, SiteEnvironment environment, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings switch
        {
            { Provider: KeyProvider.Vault, Vault: { } vault } => new VaultKeys(vault, folder, time),
            { Provider: KeyProvider.Environment } when environment != SiteEnvironment.Production => new EnvironmentKeys(folder),
            { Provider: KeyProvider.Folder } => folder,
            _ => throw new ArgumentException("The check of the site lets no such settings through.", nameof(settings)),
        };
    }

    /// <summary>Whether the key is there, e.g. to say so in a check.</summary>
    public bool Has(string name) => Read(name) is not null;

    /// <summary>A key as its text: PEM, or what a partner gave.</summary>
    /// <exception cref="KeyMissingException">This process was not given the key.</exception>
    public string Text(string name) => Read(name) ?? throw new KeyMissingException(name, Place);

    /// <summary>A 256-bit secret, e.g. <c>tenant.kek</c> or <c>order.key</c>.</summary>
    /// <exception cref="KeyMissingException">This process was not given the key.</exception>
    /// <exception cref="FormatException">It is not in hexadecimal digits.</exception>
    public byte[] Secret(string name) => Convert.FromHexString(Text(name));

    /// <summary>The private half of a zone's sealing key.</summary>
    /// <exception cref="KeyMissingException">This process was not given the key.</exception>
    public ECDiffieHellman SealingPrivate(SealedTo zone) => Agreement(PrivateName(zone));

    /// <summary>The public half of a zone's sealing key.</summary>
    /// <exception cref="KeyMissingException">This process was not given the key.</exception>
    public ECDiffieHellman SealingPublic(SealedTo zone) => Agreement(PublicName(zone));

    /// <summary>A certificate with its private key.</summary>
    /// <exception cref="KeyMissingException">This process was not given one of the two.</exception>
    /// <exception cref="CryptographicException">They are no PEM, or no pair.</exception>
    public X509Certificate2 Certificate(string certificate, string key)
    {
        using var pair = X509Certificate2.CreateFromPem(Text(certificate), Text(key));

        // TLS takes no key that lives in memory only as PEM left it.
        return X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>All certificates under a name: a chain, or the authorities to trust.</summary>
    /// <exception cref="KeyMissingException">This process was not given them.</exception>
    public X509Certificate2Collection Certificates(string name)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(Text(name));
        return certificates;
    }

    /// <summary>The name of a zone's private sealing key.</summary>
    public static string PrivateName(SealedTo zone) => zone == SealedTo.Mediation ? "mediation.seal.key" : "outbound.seal.key";

    /// <summary>The name of a zone's public sealing key.</summary>
    public static string PublicName(SealedTo zone) => zone == SealedTo.Mediation ? "mediation.seal.pub" : "outbound.seal.pub";

    public sealed override string ToString() => $"[keys of {Place}]";

    /// <summary>The key's text without white space around it; null where there is none.</summary>
    protected abstract string? Read(string name);

    private ECDiffieHellman Agreement(string name)
    {
        var key = ECDiffieHellman.Create();
        key.ImportFromPem(Text(name));
        return key;
    }
}

/// <summary>A zone to which others seal what they hand over.</summary>
public enum SealedTo
{
    Mediation,
    Outbound,
}

/// <summary>A key that this process was not given.</summary>
public sealed class KeyMissingException(string name, string place)
    : Exception($"key.missing: the key {name} is not in {place}. Give this process the key, or name its folder with ISTHMUS_KEYS. A trial's keys are made when its site is first put into force (isthmus site apply DIR).");
