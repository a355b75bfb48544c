using System.Buffers.Text;
using System.Security.Cryptography;
using Isthmus.Trust.Tokens;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Api.OAuth;

/// <summary>The certificate a connection was opened with.</summary>
internal static class Certificates
{
    /// <summary>A listener that takes client certificates takes only those that its authorities vouch for.</summary>
    public static PresentedCertificate? Of(HttpContext call) => call.Connection.ClientCertificate is { } certificate
        ? new PresentedCertificate(Base64Url.EncodeToString(SHA256.HashData(certificate.RawDataMemory.Span)), certificate.Subject, IsVouchedFor: true)
        : null;
}
