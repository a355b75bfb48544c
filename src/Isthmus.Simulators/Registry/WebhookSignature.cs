using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Isthmus.Simulators.Registry;

/// <summary>
/// Verifies signed webhooks of the "standard webhooks" form: HMAC-SHA256 over <c>id.timestamp.body</c>, sent as
/// <c>webhook-signature: v1,base64</c> (several, separated by spaces, while a secret is rotated).
/// </summary>
internal sealed class WebhookSignature(byte[] secret, TimeProvider time)
{
    /// <summary>Events stamped further than this from our clock are refused as replays.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private const string SecretPrefix = "whsec_";
    private const string Version = "v1,";

    /// <summary>The secret's bytes, from <c>whsec_base64</c> or from hexadecimal.</summary>
    public static byte[] ReadSecret(string text)
    {
        var trimmed = text.Trim();
        return trimmed.StartsWith(SecretPrefix, StringComparison.Ordinal)
            ? Convert.FromBase64String(trimmed[SecretPrefix.Length..])
            : Convert.FromHexString(trimmed);
    }

    public static string NewSecret() => SecretPrefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>Null if the event is authentic and fresh, else why not.</summary>
    public string? Objection(string id, string timestamp, string signatures, ReadOnlySpan<byte> body)
    {
        if (id.Length == 0 || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return "webhook-id and webhook-timestamp (seconds) are required.";
        }

        if ((time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds)).Duration() > Tolerance)
        {
            return "The timestamp lies outside five minutes.";
        }

        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        hmac.AppendData(Encoding.UTF8.GetBytes($"{id}.{timestamp}."));
        hmac.AppendData(body);
        Span<byte> expected = stackalloc byte[32];
        hmac.GetCurrentHash(expected);
        return AnyMatches(signatures, expected) ? null : "No signature verifies.";
    }

    private static bool AnyMatches(string signatures, ReadOnlySpan<byte> expected)
    {
        Span<byte> claimed = stackalloc byte[32];
        foreach (var range in signatures.AsSpan().Split(' '))
        {
            var signature = signatures.AsSpan(range);
            if (signature.StartsWith(Version)
                && Convert.TryFromBase64Chars(signature[Version.Length..], claimed, out var written)
                && CryptographicOperations.FixedTimeEquals(claimed[..written], expected))
            {
                return true;
            }
        }

        return false;
    }
}
