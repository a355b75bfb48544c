using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Isthmus.Exchange.Contracts;
using Isthmus.Trust.Keys;

namespace Isthmus.Inbound.Listeners;

/// <summary>How a listener proves itself, and whose client certificates it demands. The same for every protocol.</summary>
internal static class ListenerTls
{
    public static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(10);

    /// <summary>Read anew for every connection, so that a renewed certificate needs no restart.</summary>
    /// <exception cref="KeyMissingException">A file that the settings name is not there.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A file holds no certificate or key.</exception>
    public static SslServerAuthenticationOptions Read(TlsSettings tls, KeySource keys)
    {
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(
                keys.Certificate(tls.Certificate, tls.Key), keys.Certificates(tls.Certificate), offline: true),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        };
        if (tls.ClientAuthorities is { } authorities)
        {
            options.ClientCertificateRequired = true;
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(keys.Certificates(authorities));
        }

        return options;
    }
}
