using System.Diagnostics.CodeAnalysis;

namespace Isthmus.Trust.Tokens.Jose;

/// <summary>
/// The algorithms that a signature may have here (RFC 7518 section 3.1). What is not in this list does not exist: there is no
/// <c>none</c>, and no symmetric one that a public key could be passed off as the secret of.
/// </summary>
public enum SignatureAlgorithm
{
    /// <summary>RSASSA-PKCS1-v1_5 with SHA-384.</summary>
    RS384,

    /// <summary>ECDSA on P-384 with SHA-384.</summary>
    ES384,

    /// <summary>RSASSA-PSS with SHA-384.</summary>
    PS384,

    /// <summary>ECDSA on P-256 with SHA-256.</summary>
    ES256,
}

public static class SignatureAlgorithms
{
    /// <summary>As metadata lists them.</summary>
    public static IReadOnlyList<string> Names { get; } = Enum.GetNames<SignatureAlgorithm>();

    public static string Name(this SignatureAlgorithm algorithm) => Names[(int)algorithm];

    /// <summary>Compared by ordinal: <c>es384</c> is no algorithm.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out SignatureAlgorithm algorithm)
    {
        for (var i = 0; i < Names.Count; i++)
        {
            if (string.Equals(Names[i], text, StringComparison.Ordinal))
            {
                algorithm = (SignatureAlgorithm)i;
                return true;
            }
        }

        algorithm = default;
        return false;
    }
}
