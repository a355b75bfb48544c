using System.Security.Cryptography;
using Isthmus.Exchange.Contracts;
using Isthmus.Trust.Keys;

namespace Isthmus.Outbound.Connectors;

/// <summary>The key or secret with which a destination knows us, asked for whenever it is needed: a new one needs no restart.</summary>
internal sealed class Credential(DestinationSettings destination, KeySource keys)
{
    /// <summary>A signing pair has two halves, a secret is one.</summary>
    private string KeyName => destination.Authentication == DestinationAuthentication.PrivateKeyJwt ? destination.Key + ".key" : destination.Key!;

    /// <exception cref="KeyMissingException">This process was not given the key.</exception>
    public string Read() => keys.Text(KeyName);

    /// <summary>Does an exception say that the credential is missing, out of reach or malformed?</summary>
    public static bool IsToBlame(Exception thrown) =>
        thrown is KeyMissingException or IOException or UnauthorizedAccessException or CryptographicException or FormatException or ArgumentException;

    public override string ToString() => $"[credential of {destination.Name}]";
}
