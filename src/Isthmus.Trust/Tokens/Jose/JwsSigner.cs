using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Isthmus.Trust.Tokens.Jose;

/// <summary>Signs by ES256, as access tokens are signed here; the key's id is its thumbprint.</summary>
public sealed class JwsSigner : IDisposable
{
    private const int SignatureBytes = 64;

    private readonly byte[] pkcs8;
    private readonly ConcurrentStack<ECDsa> idle = new();

    private JwsSigner(byte[] pkcs8)
    {
        this.pkcs8 = pkcs8;
        using var key = Open();
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        var unnamed = new JsonWebKey(string.Empty, KeyKind.P256, SignatureAlgorithm.ES256, point.X!, point.Y!);
        PublicKey = new JsonWebKey(unnamed.Thumbprint, KeyKind.P256, SignatureAlgorithm.ES256, point.X!, point.Y!);
    }

    public JsonWebKey PublicKey { get; }

    /// <summary>A new key, with its private half to be wrapped and stored.</summary>
    public static (JwsSigner Signer, byte[] Pkcs8) Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pkcs8 = key.ExportPkcs8PrivateKey();
        return (new JwsSigner(pkcs8), pkcs8);
    }

    /// <exception cref="CryptographicException">It is no private key.</exception>
    public static JwsSigner Open(byte[] pkcs8) => new(pkcs8);

    /// <summary>The whole token.</summary>
    /// <param name="header">Already in base64url: the same for every token of a key.</param>
    /// <param name="payload">UTF-8 JSON.</param>
    public string Sign(string header, ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(header);
        var signedLength = header.Length + 1 + Base64Url.GetEncodedLength(payload.Length);
        var token = new byte[signedLength + 1 + Base64Url.GetEncodedLength(SignatureBytes)];
        System.Text.Encoding.ASCII.GetBytes(header, token);
        token[header.Length] = (byte)'.';
        Base64Url.EncodeToUtf8(payload, token.AsSpan(header.Length + 1));
        token[signedLength] = (byte)'.';

        Span<byte> signature = stackalloc byte[SignatureBytes];
        if (!idle.TryPop(out var key))
        {
            key = Open();
        }

        key.SignData(token.AsSpan(0, signedLength), signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        idle.Push(key);
        Base64Url.EncodeToUtf8(signature, token.AsSpan(signedLength + 1));
        return System.Text.Encoding.ASCII.GetString(token);
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(pkcs8);
        while (idle.TryPop(out var key))
        {
            key.Dispose();
        }
    }

    private ECDsa Open()
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(pkcs8, out _);
        return key.KeySize == 256 ? key : throw new CryptographicException("A signing key is on P-256.");
    }
}
