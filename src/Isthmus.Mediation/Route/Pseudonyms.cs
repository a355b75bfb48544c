using System.Security.Cryptography;
using System.Text;

namespace Isthmus.Mediation.Route;

/// <summary>
/// A recipient's own names for the resources of one message: the same in every message, of no use to another recipient.
/// </summary>
internal sealed class Pseudonyms(byte[] key, string recipient) : IDisposable
{
    private readonly IncrementalHash mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
    private readonly Dictionary<string, string> known = new(StringComparer.Ordinal);

    /// <summary><c>Type/</c> stays, the id becomes 32 hexadecimal digits.</summary>
    public string Of(string reference)
    {
        if (known.TryGetValue(reference, out var pseudonym))
        {
            return pseudonym;
        }

        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        mac.AppendData(Encoding.UTF8.GetBytes($"{recipient}\0{reference}"));
        mac.GetHashAndReset(hash);
        var slash = reference.IndexOf('/', StringComparison.Ordinal);
        pseudonym = $"{(slash < 0 ? string.Empty : reference[..(slash + 1)])}{Convert.ToHexStringLower(hash[..16])}";
        known.Add(reference, pseudonym);
        return pseudonym;
    }

    public void Dispose() => mac.Dispose();
}
