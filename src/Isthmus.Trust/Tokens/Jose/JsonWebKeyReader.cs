using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Isthmus.Exchange;

namespace Isthmus.Trust.Tokens.Jose;

/// <summary>Reads one key. What is private, weak or not a point of its curve is refused; what is simply another kind is passed over.</summary>
internal static class JsonWebKeyReader
{
    private const int Depth = 6;
    private const int LongestId = 128;
    private const int LeastModulusBits = 2048;

    /// <summary>A larger one takes four times as long to verify, and nobody needs it.</summary>
    private const int MostModulusBits = 4096;

    private static readonly string[] Names =
        ["kty", "kid", "use", "key_ops", "alg", "n", "e", "crv", "x", "y", "d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    /// <summary>False with a refusal when the key is faulty; false without one when it is none that can verify here.</summary>
    public static bool TryRead(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out JsonWebKey? key, out Refusal? refusal)
    {
        key = null;
        if (!TryCollect(utf8, out var members, out refusal))
        {
            return false;
        }

        if (members.IsPrivate)
        {
            refusal = JoseRules.KeyPrivate;
            return false;
        }

        if (KindOf(members) is not { } kind || members.Use is not (null or "sig") || !AlgorithmOf(members, out var algorithm))
        {
            return false;
        }

        if (members.Id is { } id && (id.Length is 0 or > LongestId || !id.All(c => c is >= '!' and <= '~')))
        {
            refusal = JoseRules.KeyIdMissing;
            return false;
        }

        refusal = kind == KeyKind.Rsa ? TryRsa(members, algorithm, out key) : TryCurve(members, kind, algorithm, out key);
        if (key is { Algorithm: { } only } && !key.Fits(only))
        {
            (key, refusal) = (null, JoseRules.KeyUnreadable);
        }

        return key is not null;
    }

    private static bool TryCollect(ReadOnlySpan<byte> utf8, out Members members, out Refusal? refusal)
    {
        members = new Members();
        var walk = new StrictObject(utf8, Depth, Names);
        while (walk.Next(out var name))
        {
            switch (name)
            {
                case "kty": members.Type = walk.Text(); break;
                case "kid": members.Id = walk.Text(); break;
                case "use": members.Use = walk.Text(); break;
                case "alg": members.Algorithm = walk.Text(); break;
                case "crv": members.Curve = walk.Text(); break;
                case "n" or "x": members.First = walk.Text(); break;
                case "e" or "y": members.Second = walk.Text(); break;
                case "d" or "p" or "q" or "dp" or "dq" or "qi" or "oth" or "k": members.IsPrivate = true; break;
                default: break;
            }
        }

        refusal = walk.IsFaulty || members.Type is null ? JoseRules.KeyUnreadable : null;
        return refusal is null;
    }

    private static KeyKind? KindOf(in Members members) => (members.Type, members.Curve) switch
    {
        ("RSA", null) => KeyKind.Rsa,
        ("EC", "P-256") => KeyKind.P256,
        ("EC", "P-384") => KeyKind.P384,
        _ => null,
    };

    private static bool AlgorithmOf(in Members members, out SignatureAlgorithm? algorithm)
    {
        algorithm = SignatureAlgorithms.TryParse(members.Algorithm, out var named) ? named : null;
        return members.Algorithm is null || algorithm is not null;
    }

    private static Refusal? TryRsa(in Members members, SignatureAlgorithm? algorithm, out JsonWebKey? key)
    {
        key = null;
        if (Bytes(members.First) is not [> 0, ..] modulus || Bytes(members.Second) is not [> 0, ..] exponent)
        {
            return JoseRules.KeyUnreadable;
        }

        var bits = (modulus.Length * 8) - int.CreateChecked(byte.LeadingZeroCount(modulus[0]));
        var isExponent = exponent.Length is 3 or 4 && (exponent[^1] & 1) == 1 && (exponent.Length == 4 || exponent[0] >= 1);
        if (bits is < LeastModulusBits or > MostModulusBits || (modulus[^1] & 1) == 0 || !isExponent)
        {
            return JoseRules.KeyWeak;
        }

        key = new JsonWebKey(members.Id ?? string.Empty, KeyKind.Rsa, algorithm, modulus, exponent);
        return null;
    }

    private static Refusal? TryCurve(in Members members, KeyKind kind, SignatureAlgorithm? algorithm, out JsonWebKey? key)
    {
        key = null;
        var length = kind == KeyKind.P256 ? 32 : 48;
        if (Bytes(members.First) is not { } x || Bytes(members.Second) is not { } y || x.Length != length || y.Length != length)
        {
            return JoseRules.KeyUnreadable;
        }

        var candidate = new JsonWebKey(members.Id ?? string.Empty, kind, algorithm, x, y);
        try
        {
            candidate.ToECDsa().Dispose();
        }
        catch (CryptographicException)
        {
            // Not a point of the curve.
            return JoseRules.KeyUnreadable;
        }

        key = candidate;
        return null;
    }

    private static byte[]? Bytes(string? text) => text is null ? null : StrictBase64Url.Decode(text);

    private record struct Members
    {
        public string? Type { get; set; }

        public string? Id { get; set; }

        public string? Use { get; set; }

        public string? Algorithm { get; set; }

        public string? Curve { get; set; }

        public string? First { get; set; }

        public string? Second { get; set; }

        public bool IsPrivate { get; set; }
    }
}
