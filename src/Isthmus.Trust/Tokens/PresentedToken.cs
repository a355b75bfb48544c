namespace Isthmus.Trust.Tokens;

/// <summary>How a token came (RFC 6750 and RFC 9449).</summary>
public enum TokenScheme
{
    Bearer,
    Dpop,
}

/// <summary>An access token with all that came with it to prove that it is the sender's.</summary>
/// <param name="CertificateThumbprint">Of the connection's client certificate; null without one.</param>
/// <param name="Proof">The one DPoP header; null without one.</param>
/// <param name="Url">The request's address without query and fragment, as the client sees it.</param>
public sealed record PresentedToken(TokenScheme Scheme, string Token, string? CertificateThumbprint, string? Proof, string Method, string Url)
{
    /// <summary>Reads the value of an Authorization header; null when it is none of the two schemes.</summary>
    public static PresentedToken? Read(string authorization, string? certificateThumbprint, string? proof, string method, string url)
    {
        ArgumentNullException.ThrowIfNull(authorization);
        var space = authorization.IndexOf(' ', StringComparison.Ordinal);
        if (space <= 0)
        {
            return null;
        }

        var (scheme, token) = (authorization[..space], authorization[(space + 1)..]);
        return scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) ? new PresentedToken(TokenScheme.Bearer, token, certificateThumbprint, proof, method, url)
            : scheme.Equals("DPoP", StringComparison.OrdinalIgnoreCase) ? new PresentedToken(TokenScheme.Dpop, token, certificateThumbprint, proof, method, url)
            : null;
    }
}
