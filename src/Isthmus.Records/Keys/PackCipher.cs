using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Isthmus.Records.Keys;

/// <summary>
/// Encrypts one pack under a key of its own (HKDF of the tenant's data key and a 256-bit salt), so the nonce may be
/// constant. The ciphertext is bound to tenant, table, row, message and person: moved elsewhere it does not open.
/// </summary>
internal static class PackCipher
{
    public const int SaltBytes = 32;
    private const int TagBytes = 16;
    private const int KeyBytes = 32;

    public static byte[] Encrypt(TenantKeys keys, ReadOnlySpan<byte> content, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> bound)
    {
        var output = new byte[content.Length + TagBytes];
        using var cipher = CipherFor(keys, salt);
        cipher.Encrypt(stackalloc byte[12], content, output.AsSpan(0, content.Length), output.AsSpan(content.Length), bound);
        return output;
    }

    /// <exception cref="AuthenticationTagMismatchException">The row was changed or moved.</exception>
    public static byte[] Decrypt(TenantKeys keys, ReadOnlySpan<byte> body, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> bound)
    {
        if (body.Length < TagBytes)
        {
            throw new AuthenticationTagMismatchException();
        }

        var content = new byte[body.Length - TagBytes];
        using var cipher = CipherFor(keys, salt);
        cipher.Decrypt(stackalloc byte[12], body[..content.Length], body[content.Length..], content, bound);
        return content;
    }

    public static byte[] Bound(short tenant, long pack, long message, Guid person) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"phi.pack|{tenant}|{pack}|{message}|{person:N}"));

    private static AesGcm CipherFor(TenantKeys keys, ReadOnlySpan<byte> salt)
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        keys.RecordKey(salt, key);
        var cipher = new AesGcm(key, TagBytes);
        CryptographicOperations.ZeroMemory(key);
        return cipher;
    }
}
