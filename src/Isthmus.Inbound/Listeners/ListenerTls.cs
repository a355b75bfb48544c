using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Isthmus.Exchange.Contracts;
using Isthmus.Trust.Keys;

namespace Isthmus.Inbound.Listeners;

/// <summary>How a listener proves itself, and whose client certificates it asks for. The same for every protocol.</summary>
internal sealed class ListenerTls
{
    public static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Forward secrecy and authenticated encryption only (RFC 9325 section 4.2); everything of TLS 1.3, and of TLS 1.2 what that left.
    /// </summary>
    private static readonly TlsCipherSuite[] Strong =
    [
        TlsCipherSuite.TLS_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ];

    private readonly TlsSettings settings;
    private readonly KeySource keys;
    private readonly TimeProvider time;
    private volatile Material? last;

    public ListenerTls(TlsSettings settings, KeySource keys, TimeProvider time)
    {
        this.settings = settings;
        this.keys = keys;
        this.time = time;
    }

    /// <summary>For one connection, by what the files say now: a renewed certificate or revocation list needs no restart.</summary>
    /// <exception cref="KeyMissingException">A file that the settings name is not there.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A file holds no certificate, key or revocation list.</exception>
    public SslServerAuthenticationOptions Options()
    {
        var read = Current();
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = read.Certificate,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CipherSuitesPolicy = read.Suites,
            AllowRenegotiation = false,
        };
        if (read.Authorities is { } authorities)
        {
            options.ClientCertificateRequired = true;

            // A resumed session would bring a certificate that was looked at before it was revoked.
            options.AllowTlsResume = false;
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,

                // Nobody is asked over the network in a handshake; the lists that the site keeps decide below.
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
            options.RemoteCertificateValidationCallback = (_, shown, chain, errors) => shown is null
                ? settings.ClientCertificates == ClientCertificates.Welcome
                : errors == SslPolicyErrors.None && (read.Revocations is null || (chain is not null && read.Revocations.Permit(chain, time.GetUtcNow())));
        }

        return options;
    }

    /// <summary>Reading is cheap; what was read is taken apart again only when it is another.</summary>
    private Material Current()
    {
        var texts = new Texts(
            keys.Text(settings.Certificate),
            keys.Text(settings.Key),
            settings.ClientAuthorities is { } authorities ? keys.Text(authorities) : null,
            settings.ClientRevocations is { } revocations ? keys.Text(revocations) : null);
        if (last is { } known && known.Texts == texts)
        {
            return known;
        }

        var read = new Material(
            texts,
            SslStreamCertificateContext.Create(keys.Certificate(settings.Certificate, settings.Key), keys.Certificates(settings.Certificate), offline: true),
            new CipherSuitesPolicy(Strong),
            settings.ClientAuthorities is { } named ? keys.Certificates(named) : null,
            texts.Revocations is { } lists ? RevocationLists.Read(lists) : null);
        last = read;
        return read;
    }

    private sealed record Texts(string Certificate, string Key, string? Authorities, string? Revocations);

    private sealed record Material(
        Texts Texts, SslStreamCertificateContext Certificate, CipherSuitesPolicy Suites, X509Certificate2Collection? Authorities, RevocationLists? Revocations);
}
