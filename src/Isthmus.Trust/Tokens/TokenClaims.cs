using Isthmus.Trust.Tokens.Jose;

namespace Isthmus.Trust.Tokens;

/// <summary>What a token says of itself, as far as anything of it is heeded. Not to be believed before its signature.</summary>
internal sealed record TokenClaims
{
    private const int Depth = 8;

    private static readonly string[] Names =
        ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "client_id", "scope", "cnf", "htm", "htu", "ath"];

    private static readonly string[] ConfirmationNames = ["x5t#S256", "jkt"];

    public string Issuer { get; private set; } = string.Empty;

    public string Subject { get; private set; } = string.Empty;

    /// <summary>Null when it is missing, and when it is a list: a token for several is a token that another of them can use.</summary>
    public string? Audience { get; private set; }

    public long? Expires { get; private set; }

    public long? NotBefore { get; private set; }

    public long? IssuedAt { get; private set; }

    public string Id { get; private set; } = string.Empty;

    public string ClientId { get; private set; } = string.Empty;

    public string Scope { get; private set; } = string.Empty;

    /// <summary>The certificate it is bound to.</summary>
    public string? CertificateThumbprint { get; private set; }

    /// <summary>The key it is bound to.</summary>
    public string? KeyThumbprint { get; private set; }

    /// <summary>Whether it is bound in a way that we do not know, and so cannot check.</summary>
    public bool IsBoundOtherwise { get; private set; }

    public string Method { get; private set; } = string.Empty;

    public string Url { get; private set; } = string.Empty;

    public string? TokenHash { get; private set; }

    /// <summary>Null when the payload is not one object with each name once, or a claim has another type than it must.</summary>
    public static TokenClaims? Read(ReadOnlySpan<byte> payload)
    {
        var claims = new TokenClaims();
        var walk = new StrictObject(payload, Depth, Names);
        while (walk.Next(out var name))
        {
            switch (name)
            {
                case "iss": claims.Issuer = walk.Text(); break;
                case "sub": claims.Subject = walk.Text(); break;
                case "aud": claims.Audience = walk.IsText ? walk.Text() : null; break;
                case "exp": claims.Expires = walk.Seconds(); break;
                case "nbf": claims.NotBefore = walk.Seconds(); break;
                case "iat": claims.IssuedAt = walk.Seconds(); break;
                case "jti": claims.Id = walk.Text(); break;
                case "client_id": claims.ClientId = walk.Text(); break;
                case "scope": claims.Scope = walk.Text(); break;
                case "htm": claims.Method = walk.Text(); break;
                case "htu": claims.Url = walk.Text(); break;
                case "ath": claims.TokenHash = walk.Text(); break;
                case "cnf": claims.ReadConfirmation(walk.Raw()); break;
                default: break;
            }
        }

        return walk.IsFaulty ? null : claims;
    }

    private void ReadConfirmation(ReadOnlySpan<byte> json)
    {
        var walk = new StrictObject(json, Depth, ConfirmationNames);
        var known = false;
        while (walk.Next(out var name))
        {
            switch (name)
            {
                case "x5t#S256": CertificateThumbprint = walk.Text(); known = true; break;
                case "jkt": KeyThumbprint = walk.Text(); known = true; break;
                default: break;
            }
        }

        IsBoundOtherwise = walk.IsFaulty || !known || (CertificateThumbprint is not null && KeyThumbprint is not null);
    }
}
