using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Isthmus.Outbound.Connectors.OAuth;

/// <summary>Signs <c>private_key_jwt</c> client assertions (RFC 7523; SMART Backend Services asks for ES384 or RS384).</summary>
internal static class ClientAssertion
{
    /// <summary>Partners refuse assertions that live longer than five minutes; the rest is room for skewed clocks.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(4);

    /// <summary>Partners refuse assertions from the future, so ours claims to be a little older than it is.</summary>
    private static readonly TimeSpan Backdated = TimeSpan.FromSeconds(10);

    /// <param name="privateKeyPem">EC P-384 or RSA, PKCS#8.</param>
    /// <param name="clientId">Issuer and subject.</param>
    /// <param name="audience">The token endpoint.</param>
    /// <param name="now">The partner's time as far as we know it.</param>
    /// <exception cref="CryptographicException">The key is neither.</exception>
    public static string Sign(string privateKeyPem, string clientId, Uri audience, DateTimeOffset now)
    {
        using var key = Read(privateKeyPem);
        var header = Segment(new { alg = key is ECDsa ? "ES384" : "RS384", typ = "JWT", kid = KeyId(key) });
        var claims = Segment(new
        {
            iss = clientId,
            sub = clientId,
            aud = audience.AbsoluteUri,
            jti = Guid.NewGuid().ToString("N"),
            iat = (now - Backdated).ToUnixTimeSeconds(),
            exp = (now - Backdated + Life).ToUnixTimeSeconds(),
        });
        var signed = Encoding.ASCII.GetBytes($"{header}.{claims}");
        var signature = key switch
        {
            ECDsa ec => ec.SignData(signed, HashAlgorithmName.SHA384),
            RSA rsa => rsa.SignData(signed, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
            _ => throw new CryptographicException("A client key is EC or RSA."),
        };
        return $"{header}.{claims}.{Base64Url.EncodeToString(signature)}";
    }

    private static AsymmetricAlgorithm Read(string pem)
    {
        var ec = ECDsa.Create();
        try
        {
            ec.ImportFromPem(pem);
            return ec;
        }
        catch (Exception notElliptic) when (notElliptic is CryptographicException or ArgumentException)
        {
            ec.Dispose();
            var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            return rsa;
        }
    }

    /// <summary>Names the key by the hash of its public half, so that a partner that holds several finds it.</summary>
    private static string KeyId(AsymmetricAlgorithm key) =>
        Base64Url.EncodeToString(SHA256.HashData(key.ExportSubjectPublicKeyInfo()).AsSpan(0, 16));

    private static string Segment(object value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));
}
