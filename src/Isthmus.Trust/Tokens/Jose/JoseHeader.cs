using System.Diagnostics.CodeAnalysis;
using Isthmus.Exchange;

namespace Isthmus.Trust.Tokens.Jose;

/// <summary>The header of a signed token (RFC 7515 section 4), as far as anything of it is heeded.</summary>
public sealed record JoseHeader
{
    /// <summary>A header is a handful of names; the largest, a certificate chain, is refused anyway.</summary>
    private const int Depth = 4;

    private static readonly string[] Names = ["alg", "kid", "typ", "jku", "jwk", "crit", "b64", "zip", "x5u", "x5c", "x5t", "x5t#S256"];

    public required SignatureAlgorithm Algorithm { get; init; }

    /// <summary>Empty when there is none.</summary>
    public string KeyId { get; init; } = string.Empty;

    public string? Type { get; init; }

    /// <summary>Where the token says its key is. Never fetched: at most compared with what was registered.</summary>
    public string? KeySetUrl { get; init; }

    /// <summary>The key that the token brought along, unread. Nobody's key until something else says whose; DPoP does.</summary>
    public ReadOnlyMemory<byte> BroughtKey { get; init; }

    /// <summary>Whether it points at a certificate or brings one.</summary>
    public bool NamesCertificate { get; init; }

    internal static bool TryRead(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out JoseHeader? header, [NotNullWhen(false)] out Refusal? refusal)
    {
        string? algorithm = null, keyId = null, type = null, url = null;
        byte[] brought = [];
        bool certificate = false, extension = false;
        var walk = new StrictObject(utf8, Depth, Names);
        while (walk.Next(out var name))
        {
            switch (name)
            {
                case "alg": algorithm = walk.Text(); break;
                case "kid": keyId = walk.Text(); break;
                case "typ": type = walk.Text(); break;
                case "jku": url = walk.Text(); break;
                case "jwk": brought = walk.Raw().ToArray(); break;
                case "x5u" or "x5c" or "x5t" or "x5t#S256": certificate = true; break;
                case "crit" or "b64" or "zip": extension = true; break;
                default: break;
            }
        }

        header = null;
        var isAllowed = SignatureAlgorithms.TryParse(algorithm, out var allowed);
        refusal = walk.IsFaulty ? JoseRules.HeaderUnreadable
            : extension ? JoseRules.ExtensionRefused
            : !isAllowed ? JoseRules.AlgorithmRefused
            : null;
        if (refusal is not null)
        {
            return false;
        }

        header = new JoseHeader
        {
            Algorithm = allowed,
            KeyId = keyId ?? string.Empty,
            Type = type,
            KeySetUrl = url,
            BroughtKey = brought,
            NamesCertificate = certificate,
        };
        return true;
    }
}
