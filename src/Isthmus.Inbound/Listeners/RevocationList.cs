using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Isthmus.Inbound.Listeners;

/// <summary>One certificate revocation list (RFC 5280 section 5.1).</summary>
internal sealed class RevocationList
{
    private const string EcdsaWithSha256 = "1.2.840.10045.4.3.2";
    private const string EcdsaWithSha384 = "1.2.840.10045.4.3.3";
    private const string EcdsaWithSha512 = "1.2.840.10045.4.3.4";
    private const string RsaWithSha256 = "1.2.840.113549.1.1.11";
    private const string RsaWithSha384 = "1.2.840.113549.1.1.12";
    private const string RsaWithSha512 = "1.2.840.113549.1.1.13";

    private readonly byte[] signed;
    private readonly string algorithm;
    private readonly byte[] signature;
    private readonly byte[] issuer;
    private readonly DateTimeOffset from;
    private readonly DateTimeOffset until;
    private readonly HashSet<string> serials;

    private RevocationList(
        byte[] signed, string algorithm, byte[] signature, byte[] issuer, DateTimeOffset from, DateTimeOffset until, HashSet<string> serials)
    {
        this.signed = signed;
        this.algorithm = algorithm;
        this.signature = signature;
        this.issuer = issuer;
        this.from = from;
        this.until = until;
        this.serials = serials;
    }

    /// <exception cref="CryptographicException">It is no list, or one without a next update.</exception>
    public static RevocationList Read(byte[] der)
    {
        try
        {
            var list = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
            var signed = list.PeekEncodedValue().ToArray();
            var body = list.ReadSequence();
            var algorithm = list.ReadSequence().ReadObjectIdentifier();
            var signature = list.ReadBitString(out _);

            if (body.PeekTag().HasSameClassAndValue(Asn1Tag.Integer))
            {
                body.ReadInteger(); // the version
            }

            body.ReadEncodedValue(); // the algorithm once more
            var issuer = body.ReadEncodedValue().ToArray();
            var from = ReadTime(body);
            var until = ReadTime(body);
            var serials = new HashSet<string>(StringComparer.Ordinal);
            if (body.HasData && body.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence))
            {
                var entries = body.ReadSequence();
                while (entries.HasData)
                {
                    var entry = entries.ReadSequence();
                    serials.Add(Convert.ToHexString(entry.ReadIntegerBytes().Span));
                    ReadTime(entry);
                    RefuseCritical(entry);
                }
            }

            if (body.HasData)
            {
                RefuseCritical(body.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true)));
            }

            return new RevocationList(signed, algorithm, signature, issuer, from, until, serials);
        }
        catch (AsnContentException e)
        {
            throw new CryptographicException("The revocation list cannot be read, or says no time of its next update.", e);
        }
    }

    /// <summary>Whether this authority made it, and it is in force.</summary>
    public bool IsOf(X509Certificate2 authority, DateTimeOffset now) =>
        now >= from && now < until && authority.SubjectName.RawData.AsSpan().SequenceEqual(issuer) && IsSignedBy(authority);

    public bool Has(ReadOnlySpan<byte> serial) => serials.Contains(Convert.ToHexString(serial));

    private bool IsSignedBy(X509Certificate2 authority)
    {
        if (HashOf(algorithm) is not { } hash)
        {
            return false;
        }

        if (authority.GetECDsaPublicKey() is { } elliptic)
        {
            using (elliptic)
            {
                return algorithm is EcdsaWithSha256 or EcdsaWithSha384 or EcdsaWithSha512
                    && elliptic.VerifyData(signed, signature, hash, DSASignatureFormat.Rfc3279DerSequence);
            }
        }

        using var rsa = authority.GetRSAPublicKey();
        return rsa is not null && algorithm is RsaWithSha256 or RsaWithSha384 or RsaWithSha512
            && rsa.VerifyData(signed, signature, hash, RSASignaturePadding.Pkcs1);
    }

    /// <summary>What a critical extension says must be understood (sections 5.2 and 5.3): a partial or indirect list would be taken for a whole one.</summary>
    private static void RefuseCritical(AsnReader holder)
    {
        if (!holder.HasData)
        {
            return;
        }

        var extensions = holder.ReadSequence();
        while (extensions.HasData)
        {
            var extension = extensions.ReadSequence();
            extension.ReadObjectIdentifier();
            if (extension.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && extension.ReadBoolean())
            {
                throw new CryptographicException("The revocation list has a critical extension, so it is no plain list of all that was revoked.");
            }
        }
    }

    private static HashAlgorithmName? HashOf(string algorithm) => algorithm switch
    {
        EcdsaWithSha256 or RsaWithSha256 => HashAlgorithmName.SHA256,
        EcdsaWithSha384 or RsaWithSha384 => HashAlgorithmName.SHA384,
        EcdsaWithSha512 or RsaWithSha512 => HashAlgorithmName.SHA512,
        _ => null,
    };

    private static DateTimeOffset ReadTime(AsnReader body) =>
        body.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime) ? body.ReadUtcTime() : body.ReadGeneralizedTime();
}
