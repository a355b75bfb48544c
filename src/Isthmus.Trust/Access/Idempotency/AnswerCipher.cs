using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Isthmus.Exchange.Phi;

namespace Isthmus.Trust.Access.Idempotency;

/// <summary>
/// Encrypts kept answers, which may hold patient data: AES-256-GCM under a key per answer (HKDF of the zone's secret and a 256-bit
/// salt), bound to tenant, client and key. Also makes the keyed hashes by which requests are known.
/// </summary>
public sealed class AnswerCipher
{
    private const int SaltBytes = 32;
    private const int TagBytes = 16;
    private const int KeyBytes = 32;

    private static readonly byte[] AnswerInfo = Encoding.ASCII.GetBytes("isthmus idempotent answer v1");
    private static readonly byte[] HashInfo = Encoding.ASCII.GetBytes("isthmus idempotency hash v1");

    private readonly byte[] secret;
    private readonly byte[] hashKey;

    /// <param name="secret">256 bits that all nodes of the site share.</param>
    public AnswerCipher(byte[] secret)
    {
        this.secret = secret;
        hashKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, KeyBytes, salt: [], HashInfo);
    }

    /// <param name="key">What the client sent, or a business key.</param>
    /// <param name="target">Method, path and query as received.</param>
    public IdempotentRequest Request(short tenant, string client, string key, string target, string mediaType, ReadOnlyMemory<byte> body) => new(
        tenant,
        client,
        IdempotentRequest.Hash(hashKey, IdempotentRequest.Utf8(key)),
        IdempotentRequest.Hash(hashKey, IdempotentRequest.Utf8(target), IdempotentRequest.Utf8(mediaType), body));

    internal byte[] Seal(IdempotentRequest request, StoredAnswer answer)
    {
        var plain = Write(answer);
        var output = new byte[SaltBytes + plain.Length + TagBytes];
        var salt = output.AsSpan(0, SaltBytes);
        RandomNumberGenerator.Fill(salt);
        using var cipher = CipherFor(salt);
        cipher.Encrypt(stackalloc byte[12], plain, output.AsSpan(SaltBytes, plain.Length), output.AsSpan(SaltBytes + plain.Length), Bound(request));
        return output;
    }

    /// <exception cref="CryptographicException">The row was changed or moved, or written under another secret.</exception>
    internal StoredAnswer Open(IdempotentRequest request, ReadOnlySpan<byte> sealedAnswer)
    {
        if (sealedAnswer.Length < SaltBytes + TagBytes)
        {
            throw new AuthenticationTagMismatchException();
        }

        var plain = new byte[sealedAnswer.Length - SaltBytes - TagBytes];
        using var cipher = CipherFor(sealedAnswer[..SaltBytes]);
        cipher.Decrypt(stackalloc byte[12], sealedAnswer.Slice(SaltBytes, plain.Length), sealedAnswer[(SaltBytes + plain.Length)..], plain, Bound(request));
        return Read(plain);
    }

    /// <summary>A nonce is used once: each answer has a key of its own.</summary>
    private AesGcm CipherFor(ReadOnlySpan<byte> salt)
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, key, salt, AnswerInfo);
        var cipher = new AesGcm(key, TagBytes);
        CryptographicOperations.ZeroMemory(key);
        return cipher;
    }

    private static byte[] Bound(IdempotentRequest request) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"access.idempotency|{request.Tenant}|{Convert.ToHexStringLower(request.Key)}|{request.Client}"));

    private static byte[] Write(StoredAnswer answer)
    {
        using var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer, Encoding.UTF8);
        writer.Write(answer.Status);
        writer.Write(answer.Headers.Count);
        foreach (var (name, value) in answer.Headers)
        {
            writer.Write(name);
            writer.Write(value);
        }

        writer.Write(answer.Body.Length);
        writer.Write(answer.Body.Reveal().Span);
        writer.Flush();
        return buffer.ToArray();
    }

    private static StoredAnswer Read(byte[] plain)
    {
        using var reader = new BinaryReader(new MemoryStream(plain, writable: false), Encoding.UTF8);
        var status = reader.ReadInt32();
        var headers = new KeyValuePair<string, string>[reader.ReadInt32()];
        for (var i = 0; i < headers.Length; i++)
        {
            headers[i] = new(reader.ReadString(), reader.ReadString());
        }

        return new StoredAnswer(status, headers, new PhiBytes(reader.ReadBytes(reader.ReadInt32())));
    }
}
