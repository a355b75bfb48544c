using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Isthmus.Records.Keys;

/// <summary>
/// Encrypts what is kept outside the records of a sender's words, or carried by a caller, the way packs are: under a key of its own, from the tenant's data
/// key and a fresh salt, and bound to its row. Layout: version of the data key (2 bytes, big-endian), salt (32), ciphertext and tag.
/// </summary>
public static class RowCipher
{
    private const int VersionBytes = 2;
    private const int HeadBytes = VersionBytes + PackCipher.SaltBytes;

    /// <param name="bound">Names table and row, e.g. <c>mediation.unmapped_code|1|…</c>; the same is needed to decrypt.</param>
    public static byte[] Encrypt(TenantKeys keys, ReadOnlySpan<byte> content, string bound)
    {
        ArgumentNullException.ThrowIfNull(keys);
        Span<byte> salt = stackalloc byte[PackCipher.SaltBytes];
        RandomNumberGenerator.Fill(salt);
        var body = PackCipher.Encrypt(keys, content, salt, Encoding.UTF8.GetBytes(bound));
        var row = new byte[HeadBytes + body.Length];
        BinaryPrimitives.WriteInt16BigEndian(row, keys.Version);
        salt.CopyTo(row.AsSpan(VersionBytes));
        body.CopyTo(row, HeadBytes);
        return row;
    }

    /// <exception cref="AuthenticationTagMismatchException">The row was changed or moved, or is under another version of the key.</exception>
    public static byte[] Decrypt(TenantKeys keys, ReadOnlySpan<byte> row, string bound)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return row.Length >= HeadBytes && BinaryPrimitives.ReadInt16BigEndian(row) == keys.Version
            ? PackCipher.Decrypt(keys, row[HeadBytes..], row[VersionBytes..HeadBytes], Encoding.UTF8.GetBytes(bound))
            : throw new AuthenticationTagMismatchException();
    }
}
