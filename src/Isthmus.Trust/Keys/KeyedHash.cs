using System.Security.Cryptography;

namespace Isthmus.Trust.Keys;

/// <summary>
/// HMAC-SHA256 of many short texts under few keys. Making the function ready for a key costs twice as much as the hash of a short text,
/// so each thread keeps the one it made last.
/// </summary>
public static class KeyedHash
{
    public const int Length = HMACSHA256.HashSizeInBytes;

    [ThreadStatic]
    private static byte[]? lastKey;

    [ThreadStatic]
    private static IncrementalHash? last;

    /// <param name="key">Known again as the same array, which nobody changes.</param>
    /// <param name="text">What is hashed.</param>
    /// <param name="hash">Takes <see cref="Length"/> bytes.</param>
    public static void Compute(byte[] key, ReadOnlySpan<byte> text, Span<byte> hash)
    {
        if (last is null || !ReferenceEquals(lastKey, key))
        {
            last?.Dispose();
            last = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
            lastKey = key;
        }

        last.AppendData(text);
        last.GetHashAndReset(hash);
    }
}
