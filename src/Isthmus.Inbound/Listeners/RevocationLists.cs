using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Isthmus.Inbound.Listeners;

/// <summary>
/// Certificate revocation lists (RFC 5280 section 5) that a site keeps beside its authorities. Each authority in a client's chain that
/// issued something must have a list here, signed by it and not past its next update; otherwise nobody of that authority is let in.
/// </summary>
internal sealed class RevocationLists
{
    private const string Label = "X509 CRL";

    private readonly List<RevocationList> lists = [];

    private RevocationLists()
    {
    }

    /// <param name="pem">One list or several.</param>
    /// <exception cref="CryptographicException">There is none, or one cannot be read.</exception>
    public static RevocationLists Read(string pem)
    {
        var read = new RevocationLists();
        var rest = pem.AsSpan();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            if (rest[fields.Label].SequenceEqual(Label))
            {
                read.lists.Add(RevocationList.Read(Convert.FromBase64String(rest[fields.Base64Data].ToString())));
            }

            rest = rest[fields.Location.End..];
        }

        return read.lists.Count > 0 ? read : throw new CryptographicException("The file holds no revocation list (-----BEGIN X509 CRL-----).");
    }

    /// <summary>Whether every certificate below the root is vouched for by a current list of its issuer.</summary>
    public bool Permit(X509Chain chain, DateTimeOffset now)
    {
        var elements = chain.ChainElements;
        for (var i = 0; i < elements.Count - 1; i++)
        {
            var issuer = elements[i + 1].Certificate;
            var serial = elements[i].Certificate.SerialNumberBytes.Span;
            var isVouchedFor = false;
            foreach (var list in lists)
            {
                if (list.IsOf(issuer, now))
                {
                    isVouchedFor = true;
                    if (list.Has(serial))
                    {
                        return false;
                    }
                }
            }

            if (!isVouchedFor)
            {
                return false;
            }
        }

        // A chain of one certificate is an authority that comes as its own client.
        return elements.Count > 1;
    }
}
