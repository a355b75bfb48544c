using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Isthmus.Trust.Tokens.Jose;

namespace Isthmus.Trust.Tests.Tokens.Jose;

/// <summary>Makes tokens and keys as other people do, good ones and bad ones, without the code that is tested.</summary>
internal static class Forge
{
    public static ECDsa P384 { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP384);

    public static ECDsa P256 { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public static RSA Rsa { get; } = RSA.Create(2048);

    public static string Encode(string text) => Encode(Encoding.UTF8.GetBytes(text));

    public static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);

    public static ReadOnlyMemory<byte> Utf8(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>A token of any header and payload, signed as the algorithm says.</summary>
    public static string Token(string header, string payload, SignatureAlgorithm algorithm, AsymmetricAlgorithm? key = null)
    {
        var signed = $"{Encode(header)}.{Encode(payload)}";
        return $"{signed}.{Encode(Sign(Encoding.ASCII.GetBytes(signed), algorithm, key ?? KeyFor(algorithm)))}";
    }

    public static byte[] Sign(byte[] content, SignatureAlgorithm algorithm, AsymmetricAlgorithm key) => algorithm switch
    {
        SignatureAlgorithm.RS384 => ((RSA)key).SignData(content, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
        SignatureAlgorithm.PS384 => ((RSA)key).SignData(content, HashAlgorithmName.SHA384, RSASignaturePadding.Pss),
        SignatureAlgorithm.ES384 => ((ECDsa)key).SignData(content, HashAlgorithmName.SHA384),
        _ => ((ECDsa)key).SignData(content, HashAlgorithmName.SHA256),
    };

    public static AsymmetricAlgorithm KeyFor(SignatureAlgorithm algorithm) => algorithm switch
    {
        SignatureAlgorithm.RS384 or SignatureAlgorithm.PS384 => Rsa,
        SignatureAlgorithm.ES384 => P384,
        _ => P256,
    };

    public static Dictionary<string, object> Jwk(AsymmetricAlgorithm key, string id)
    {
        if (key is RSA rsa)
        {
            var p = rsa.ExportParameters(false);
            return new() { ["kty"] = "RSA", ["kid"] = id, ["n"] = Encode(p.Modulus!), ["e"] = Encode(p.Exponent!) };
        }

        var point = ((ECDsa)key).ExportParameters(false).Q;
        return new()
        {
            ["kty"] = "EC", ["kid"] = id, ["crv"] = point.X!.Length == 32 ? "P-256" : "P-384", ["x"] = Encode(point.X!), ["y"] = Encode(point.Y!),
        };
    }

    public static string Set(params Dictionary<string, object>[] keys) => JsonSerializer.Serialize(new { keys });

    public static KeySet SetOf(params Dictionary<string, object>[] keys)
    {
        Assert.True(KeySet.TryRead(Utf8(Set(keys)).Span, out var set, out var refusal), refusal?.Id);
        return set!;
    }

    public static JsonWebKey Key(AsymmetricAlgorithm key, string id = "k1") => SetOf(Jwk(key, id)).Keys[0];
}
