using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Isthmus.Api.Tests.Running;

/// <summary>An authority that vouches for whoever a test wants.</summary>
internal sealed class Authority : IDisposable
{
    private static readonly DateTimeOffset From = TimeProvider.System.GetUtcNow().AddDays(-1);

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 root;

    public Authority()
    {
        var request = new CertificateRequest("CN=Test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        root = request.CreateSelfSigned(From, From.AddDays(30));
    }

    /// <summary>With its private key, as TLS takes it.</summary>
    public X509Certificate2 Issue(string subject)
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, own, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        using var bare = request.Create(root, From, From.AddDays(20), RandomNumberGenerator.GetBytes(8));
        using var pair = bare.CopyWithPrivateKey(own);
        return X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>A server's pair, and the authority that its clients must come from.</summary>
    public void WriteTo(string folder)
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", own, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var bare = request.Create(root, From, From.AddDays(20), RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(Path.Combine(folder, "server.pem"), bare.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "server.key"), own.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Path.Combine(folder, "clients.pem"), root.ExportCertificatePem());
    }

    public void Dispose()
    {
        root.Dispose();
        key.Dispose();
    }
}
