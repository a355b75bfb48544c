using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Isthmus.Inbound.Tests.Listeners;

/// <summary>An authority of the test's own, and certificates from it.</summary>
internal sealed class Certificates : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly DateTimeOffset from = TimeProvider.System.GetUtcNow().AddDays(-1);
    private readonly ECDsa authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public Certificates()
    {
        var request = new CertificateRequest("CN=Test authority", authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        Authority = request.CreateSelfSigned(from, from.AddDays(30));
    }

    public X509Certificate2 Authority { get; }

    public X509Certificate2 Server(string name = "localhost") => Issue(name, ServerAuthentication);

    public X509Certificate2 Client() => Issue("A laboratory", ClientAuthentication);

    /// <summary>One that was good until yesterday.</summary>
    public X509Certificate2 Expired() => Issue("A laboratory", ClientAuthentication, from, from.AddHours(1));

    /// <summary>One that vouches for itself.</summary>
    public static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=A laboratory", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ClientAuthentication)], false));
        var now = TimeProvider.System.GetUtcNow();
        using var whole = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }

    /// <summary>The authority's list of what it has revoked, as PEM.</summary>
    /// <param name="until">When the next one is due.</param>
    public string Revoking(DateTimeOffset until, params X509Certificate2[] revoked)
    {
        var list = new CertificateRevocationListBuilder();
        foreach (var certificate in revoked)
        {
            list.AddEntry(certificate, from, X509RevocationReason.KeyCompromise);
        }

        var der = list.Build(
            Authority.SubjectName, X509SignatureGenerator.CreateForECDsa(authorityKey), 1, until, HashAlgorithmName.SHA256,
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Authority, includeKeyIdentifier: false, includeIssuerAndSerial: true), from);
        return PemEncoding.WriteString("X509 CRL", der);
    }

    /// <summary>Writes certificate and key as PEM files into a key folder.</summary>
    public static void Write(X509Certificate2 certificate, string folder, string name)
    {
        File.WriteAllText(Path.Combine(folder, name + ".pem"), certificate.ExportCertificatePem());
        if (certificate.GetECDsaPrivateKey() is { } key)
        {
            using (key)
            {
                File.WriteAllText(Path.Combine(folder, name + ".key"), key.ExportPkcs8PrivateKeyPem());
            }
        }
    }

    public void Dispose()
    {
        Authority.Dispose();
        authorityKey.Dispose();
    }

    private X509Certificate2 Issue(string name, string usage) => Issue(name, usage, from, from.AddDays(20));

    private X509Certificate2 Issue(string name, string usage, DateTimeOffset start, DateTimeOffset end)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name.Replace(' ', '-'));
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(Authority, start, end, RandomNumberGenerator.GetBytes(8));
        using var whole = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }
}
