using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Isthmus.Trust.Tokens;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Api.OAuth;

/// <summary>The certificate a connection was opened with.</summary>
internal static class Certificates
{
    /// <summary>A listener that takes client certificates takes only those that its authorities vouch for.</summary>
    public static PresentedCertificate? Of(HttpContext call) => call.Connection.ClientCertificate is { } certificate
        ? new PresentedCertificate(ThumbprintOf(certificate), certificate.Subject, IsVouchedFor: true)
        : null;

    /// <summary>As tokens name it that are bound to it (RFC 8705 section 3.1).</summary>
    private static string ThumbprintOf(X509Certificate2 certificate) => Base64Url.EncodeToString(SHA256.HashData(certificate.RawDataMemory.Span));
}
