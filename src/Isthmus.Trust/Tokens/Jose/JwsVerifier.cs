using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Isthmus.Trust.Tokens.Jose;

/// <summary>
/// Verifies signatures of one key. Making the platform's objects costs more than some verifications do, and they are not promised to
/// bear two threads; so they are lent out one by one.
/// </summary>
public sealed class JwsVerifier
{
    /// <summary>As many as run at once on a large machine; more are made when needed, and let go.</summary>
    private const int MostKept = 64;

    private readonly JsonWebKey key;
    private readonly ConcurrentStack<AsymmetricAlgorithm> idle = new();
    private long verified;

    internal JwsVerifier(JsonWebKey key) => this.key = key;

    /// <summary>How many signatures the platform was asked about: what strangers can make us work.</summary>
    public long Verified => Interlocked.Read(ref verified);

    /// <param name="signature">For ECDSA both numbers at their full length, one after the other (RFC 7518 section 3.4).</param>
    public bool Verify(SignatureAlgorithm algorithm, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        if (!key.Fits(algorithm) || !HasShape(signature))
        {
            return false;
        }

        if (!idle.TryPop(out var platform))
        {
            platform = key.Kind == KeyKind.Rsa ? key.ToRsa() : key.ToECDsa();
        }

        Interlocked.Increment(ref verified);
        try
        {
            return Verify(platform, algorithm, signed, signature);
        }
        catch (CryptographicException)
        {
            // The platform cannot make sense of the signature, so it is none.
            return false;
        }
        finally
        {
            if (idle.Count < MostKept)
            {
                idle.Push(platform);
            }
            else
            {
                platform.Dispose();
            }
        }
    }

    private static bool Verify(AsymmetricAlgorithm platform, SignatureAlgorithm algorithm, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature) => algorithm switch
    {
        SignatureAlgorithm.RS384 => ((RSA)platform).VerifyData(signed, signature, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
        SignatureAlgorithm.PS384 => ((RSA)platform).VerifyData(signed, signature, HashAlgorithmName.SHA384, RSASignaturePadding.Pss),
        SignatureAlgorithm.ES384 => ((ECDsa)platform).VerifyData(signed, signature, HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
        _ => ((ECDsa)platform).VerifyData(signed, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
    };

    /// <summary>
    /// Of ECDSA, that neither number is zero: a platform that skips this takes the empty signature for everybody's. The platform here
    /// does not skip it; we do not build on that.
    /// </summary>
    private bool HasShape(ReadOnlySpan<byte> signature)
    {
        if (key.Kind == KeyKind.Rsa)
        {
            return true;
        }

        var half = key.Kind == KeyKind.P256 ? 32 : 48;
        return signature.Length == 2 * half && signature[..half].ContainsAnyExcept((byte)0) && signature[half..].ContainsAnyExcept((byte)0);
    }
}
