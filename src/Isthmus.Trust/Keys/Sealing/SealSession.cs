using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Isthmus.Trust.Keys.Sealing;

/// <summary>
/// One content key shared by a sender's ephemeral key and a zone's sealing key (ECDH P-256, HKDF-SHA256). Messages are
/// AES-256-GCM under a counter nonce, so a session never repeats one; the sender forgets the session when it moves on.
/// </summary>
public sealed class SealSession : IDisposable
{
    /// <summary>GCM's authentication tag, appended to the ciphertext.</summary>
    public const int TagBytes = 16;

    private const int NonceBytes = 12;
    private const int KeyBytes = 32;

    private readonly byte[] contentKey;
    private readonly ConcurrentBag<AesGcm> ciphers = [];
    private long lastNonce;

    private SealSession(int id, byte[] key)
    {
        Id = id;
        contentKey = key;
    }

    /// <summary>The row in <c>exchange.seal_session</c> that holds the sender's public half.</summary>
    public int Id { get; }

    /// <summary>How many messages were sealed in this session.</summary>
    public long Sealed => Interlocked.Read(ref lastNonce);

    public static SealSession Derive(int id, ECDiffieHellman ours, ECDiffieHellmanPublicKey theirs, SealedTo zone)
    {
        var agreed = ours.DeriveRawSecretAgreement(theirs);
        var info = Encoding.ASCII.GetBytes($"isthmus seal v1 {zone}");
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, agreed, KeyBytes, salt: [], info);
        CryptographicOperations.ZeroMemory(agreed);
        return new SealSession(id, key);
    }

    /// <summary>Seals, and returns the nonce to keep with the ciphertext.</summary>
    /// <param name="plain">The content.</param>
    /// <param name="bound">What the ciphertext is bound to: it opens only where the same is said again.</param>
    /// <param name="nonce">Unique in this session.</param>
    public byte[] Seal(ReadOnlySpan<byte> plain, ReadOnlySpan<byte> bound, out long nonce)
    {
        nonce = Interlocked.Increment(ref lastNonce);
        Span<byte> iv = stackalloc byte[NonceBytes];
        WriteNonce(nonce, iv);
        var output = new byte[plain.Length + TagBytes];
        var cipher = Rent();
        cipher.Encrypt(iv, plain, output.AsSpan(0, plain.Length), output.AsSpan(plain.Length), bound);
        ciphers.Add(cipher);
        return output;
    }

    /// <exception cref="AuthenticationTagMismatchException">The content was changed, or is bound to something else.</exception>
    public byte[] Open(ReadOnlySpan<byte> sealedContent, ReadOnlySpan<byte> bound, long nonce)
    {
        if (sealedContent.Length < TagBytes)
        {
            throw new AuthenticationTagMismatchException();
        }

        Span<byte> iv = stackalloc byte[NonceBytes];
        WriteNonce(nonce, iv);
        var length = sealedContent.Length - TagBytes;
        var plain = new byte[length];
        var cipher = Rent();
        cipher.Decrypt(iv, sealedContent[..length], sealedContent[length..], plain, bound);
        ciphers.Add(cipher);
        return plain;
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(contentKey);
        while (ciphers.TryTake(out var cipher))
        {
            cipher.Dispose();
        }
    }

    private static void WriteNonce(long nonce, Span<byte> iv)
    {
        iv.Clear();
        BinaryPrimitives.WriteInt64BigEndian(iv[4..], nonce);
    }

    // A cipher object is not safe for two threads at once; making one is dear, so they are kept.
    private AesGcm Rent() => ciphers.TryTake(out var cipher) ? cipher : new AesGcm(contentKey, TagBytes);
}
