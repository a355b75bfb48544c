using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Isthmus.Simulators.Ehr;

/// <summary>A client known to the token endpoint: its id and the public keys its assertions may be signed with.</summary>
/// <remarks>ES384 and RS384 are the two algorithms SMART Backend Services obliges servers to support.</remarks>
internal sealed class RegisteredClient : IDisposable
{
    private const int ShortestRsaKey = 2048;
    private readonly List<AsymmetricAlgorithm> keys = [];

    public RegisteredClient(string id, string publicKeys)
    {
        Id = id;
        if (publicKeys.AsSpan().TrimStart().StartsWith("{"))
        {
            ReadJsonWebKeys(publicKeys);
        }
        else
        {
            ReadPem(publicKeys);
        }

        if (keys.Count == 0)
        {
            throw new InvalidDataException("A client key is a PEM public key or a JWK (Set): EC P-384, or RSA of 2048 bits and more.");
        }
    }

    public string Id { get; }

    /// <summary>Does one of the client's keys verify a JWS signature of this algorithm?</summary>
    public bool Verifies(string algorithm, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        foreach (var key in keys)
        {
            var verified = (algorithm, key) switch
            {
                ("ES384", ECDsa ec) => ec.VerifyData(signed, signature, HashAlgorithmName.SHA384),
                ("RS384", RSA rsa) => rsa.VerifyData(signed, signature, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
                _ => false,
            };
            if (verified)
            {
                return true;
            }
        }

        return false;
    }

    public void Dispose() => keys.ForEach(key => key.Dispose());

    private void ReadPem(string pem)
    {
        var fields = PemEncoding.Find(pem);
        var key = Convert.FromBase64String(pem[fields.Base64Data]);
        if (pem[fields.Label] != "PUBLIC KEY")
        {
            return;
        }

        var ec = ECDsa.Create();
        try
        {
            ec.ImportSubjectPublicKeyInfo(key, out _);
            Add(ec);
            return;
        }
        catch (CryptographicException)
        {
            // Not an elliptic-curve key: the same envelope also carries RSA.
            ec.Dispose();
        }

        var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(key, out _);
        Add(rsa);
    }

    private void ReadJsonWebKeys(string json)
    {
        using var document = JsonDocument.Parse(json);
        var keys = document.RootElement.TryGetProperty("keys", out var set) ? set.EnumerateArray().ToList() : [document.RootElement];
        foreach (var key in keys)
        {
            switch (Text(key, "kty"), Text(key, "crv"))
            {
                case ("EC", "P-384"):
                    Add(ECDsa.Create(new ECParameters
                    {
                        Curve = ECCurve.NamedCurves.nistP384,
                        Q = new ECPoint { X = Bytes(key, "x"), Y = Bytes(key, "y") },
                    }));
                    break;
                case ("RSA", _):
                    Add(RSA.Create(new RSAParameters { Modulus = Bytes(key, "n"), Exponent = Bytes(key, "e") }));
                    break;
                default:
                    break;
            }
        }
    }

    private void Add(AsymmetricAlgorithm key)
    {
        if (key is ECDsa { KeySize: 384 } || (key is RSA && key.KeySize >= ShortestRsaKey))
        {
            keys.Add(key);
        }
        else
        {
            key.Dispose();
        }
    }

    private static string? Text(JsonElement key, string name) =>
        key.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static byte[] Bytes(JsonElement key, string name) => Base64Url.DecodeFromChars(Text(key, name) ?? "");
}
