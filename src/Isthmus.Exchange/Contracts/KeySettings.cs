namespace Isthmus.Exchange.Contracts;

/// <summary>Names of keys, and where they come from.</summary>
/// <param name="Folder">The folder of key files, relative to the data folder unless absolute.</param>
/// <param name="Records">Key-encryption key of the tenant's record keys.</param>
/// <param name="Pseudonyms">Secret from which per-recipient pseudonyms are made.</param>
public sealed record KeySettings(string Folder, string Records, string Pseudonyms)
{
    public KeyProvider Provider { get; init; } = KeyProvider.Folder;

    /// <summary>Of the provider vault.</summary>
    public VaultSettings? Vault { get; init; }
}

public enum KeyProvider
{
    /// <summary>A key is a file of its name in the folder.</summary>
    Folder,

    /// <summary>A key is an environment variable, or else a file. Refused in production.</summary>
    Environment,

    /// <summary>A key is an entry of a vault; the folder holds what opens it.</summary>
    Vault,
}

/// <summary>A vault that speaks the HTTP interface of a key-value store with versions.</summary>
/// <param name="Address">Scheme, host and port; https unless on loopback.</param>
/// <param name="Path">The mount's data path below which every key is an entry, e.g. <c>secret/data/isthmus</c>.</param>
/// <param name="Token">The file in the key folder that holds the vault token; read each time, so that an agent can renew it.</param>
/// <param name="Authorities">PEM file in the key folder with the authorities of the vault's certificate; null takes the machine's.</param>
/// <param name="Refresh">A key is asked for again when it has been in hand for this long.</param>
public sealed record VaultSettings(Uri Address, string Path, string Token, string? Authorities, TimeSpan Refresh);
