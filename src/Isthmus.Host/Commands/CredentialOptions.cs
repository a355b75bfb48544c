using System.Buffers.Text;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Isthmus.Exchange;
using Isthmus.Trust.Clients;
using Isthmus.Trust.Tokens.Jose;

namespace Isthmus.Host.Commands;

/// <summary>The ways in which a client can be registered to prove itself, as options of a command.</summary>
internal sealed class CredentialOptions
{
    private readonly Option<FileInfo> keys = new Option<FileInfo>("--jwks") { Description = "File with its public keys (JWK set)." }.AcceptExistingOnly();
    private readonly Option<Uri?> keysUrl = new("--jwks-url") { Description = "Where its public keys are.", CustomParser = ReadUrl };
    private readonly Option<FileInfo> certificate = new Option<FileInfo>("--certificate") { Description = "PEM file with its certificate." }.AcceptExistingOnly();
    private readonly Option<string?> subject = new("--subject") { Description = "The subject of its certificates, which an authority of the listener vouches for." };

    private readonly Option<SignatureAlgorithm[]> algorithms = new("--algorithm")
    {
        Description = "What it may sign by, of RS384, ES384, PS384, ES256 (default: RS384 and ES384, as far as its keys fit).",
        AllowMultipleArgumentsPerToken = true,
    };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { keys, keysUrl, certificate, subject, algorithms })
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="RefusalException">The key set cannot be read.</exception>
    public ClientCredential Read(ParseResult parsed) => new()
    {
        Keys = parsed.GetValue(keys) is { } file ? ReadKeys(file) : null,
        KeysUrl = parsed.GetValue(keysUrl),
        Certificate = parsed.GetValue(certificate) is { } pem ? ThumbprintOf(pem) : null,
        Subject = parsed.GetValue(subject),
        Algorithms = parsed.GetValue(algorithms) ?? [],
    };

    private static Uri? ReadUrl(ArgumentResult argument)
    {
        if (!Uri.TryCreate(argument.Tokens.Single().Value, UriKind.Absolute, out var url))
        {
            argument.AddError("--jwks-url takes a whole URL, as in https://partner.example/jwks.json.");
        }

        return url;
    }

    private static KeySet ReadKeys(FileInfo file) =>
        KeySet.TryRead(File.ReadAllBytes(file.FullName), out var set, out var refusal) ? set : throw new RefusalException(refusal);

    private static string ThumbprintOf(FileInfo pem)
    {
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(pem.FullName);
        return Base64Url.EncodeToString(SHA256.HashData(certificate.RawDataMemory.Span));
    }
}
