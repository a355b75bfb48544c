using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Isthmus.Trust.Tokens.Jose;

/// <summary>Of which kind a key is; each fits one or two algorithms.</summary>
public enum KeyKind
{
    Rsa,
    P256,
    P384,
}

/// <summary>
/// The public half of a key that signs (RFC 7517), checked when it was read: its size, its point on the curve, its purpose. It keeps
/// the objects that verify, so that they are made once and not per signature.
/// </summary>
public sealed class JsonWebKey
{
    private readonly byte[] first;
    private readonly byte[] second;

    /// <param name="id">Empty when the key came without one.</param>
    /// <param name="algorithm">The only algorithm that it may be used with; null for all that its kind allows.</param>
    /// <param name="first">The modulus, or x.</param>
    /// <param name="second">The exponent, or y.</param>
    internal JsonWebKey(string id, KeyKind kind, SignatureAlgorithm? algorithm, byte[] first, byte[] second)
    {
        Id = id;
        Kind = kind;
        Algorithm = algorithm;
        this.first = first;
        this.second = second;
        Thumbprint = Base64Url.EncodeToString(SHA256.HashData(ThumbprintInput()));
        Verifier = new JwsVerifier(this);
    }

    public string Id { get; }

    public KeyKind Kind { get; }

    public SignatureAlgorithm? Algorithm { get; }

    /// <summary>RFC 7638, with SHA-256, in base64url: the same for a key whatever its id.</summary>
    public string Thumbprint { get; }

    public JwsVerifier Verifier { get; }

    /// <summary>Whether a signature by this algorithm can be of this key.</summary>
    public bool Fits(SignatureAlgorithm algorithm) =>
        (Algorithm ?? algorithm) == algorithm && algorithm switch
        {
            SignatureAlgorithm.RS384 or SignatureAlgorithm.PS384 => Kind == KeyKind.Rsa,
            SignatureAlgorithm.ES384 => Kind == KeyKind.P384,
            _ => Kind == KeyKind.P256,
        };

    public void WriteTo(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        json.WriteString("kty", Kind == KeyKind.Rsa ? "RSA" : "EC");
        json.WriteString("use", "sig");
        json.WriteString("kid", Id);
        if (Algorithm is { } algorithm)
        {
            json.WriteString("alg", algorithm.Name());
        }

        foreach (var (name, value) in Members())
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
    }

    internal RSA ToRsa() => RSA.Create(new RSAParameters { Modulus = first, Exponent = second });

    internal ECDsa ToECDsa() => ECDsa.Create(new ECParameters
    {
        Curve = Kind == KeyKind.P256 ? ECCurve.NamedCurves.nistP256 : ECCurve.NamedCurves.nistP384,
        Q = new ECPoint { X = first, Y = second },
    });

    private IEnumerable<(string Name, string Value)> Members()
    {
        if (Kind == KeyKind.Rsa)
        {
            yield return ("e", Base64Url.EncodeToString(second));
            yield return ("n", Base64Url.EncodeToString(first));
            yield break;
        }

        yield return ("crv", Kind == KeyKind.P256 ? "P-256" : "P-384");
        yield return ("x", Base64Url.EncodeToString(first));
        yield return ("y", Base64Url.EncodeToString(second));
    }

    /// <summary>RFC 7638 section 3: the required members alone, in the order of their names, without whitespace.</summary>
    private byte[] ThumbprintInput()
    {
        var members = Members().Append(("kty", Kind == KeyKind.Rsa ? "RSA" : "EC")).OrderBy(m => m.Item1, StringComparer.Ordinal);
        return Encoding.ASCII.GetBytes($"{{{string.Join(',', members.Select(m => $"\"{m.Item1}\":\"{m.Item2}\""))}}}");
    }
}
