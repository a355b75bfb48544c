using System.Security.Cryptography;
using System.Text;

namespace Isthmus.Outbound.Connectors.Webhook;

/// <summary>
/// Signs an event as the Standard Webhooks convention says: HMAC-SHA256 over <c>id.timestamp.body</c>, sent as <c>v1,base64</c>.
/// </summary>
internal static class WebhookSignature
{
    private const string SecretPrefix = "whsec_";

    /// <summary>The secret's bytes: from <c>whsec_base64</c>, or from hexadecimal as our own key files hold it.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static byte[] ReadSecret(string text)
    {
        var trimmed = text.Trim();
        return trimmed.StartsWith(SecretPrefix, StringComparison.Ordinal)
            ? Convert.FromBase64String(trimmed[SecretPrefix.Length..])
            : Convert.FromHexString(trimmed);
    }

    public static string Sign(ReadOnlySpan<byte> secret, string id, string timestamp, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        hmac.AppendData(Encoding.UTF8.GetBytes($"{id}.{timestamp}."));
        hmac.AppendData(body);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        hmac.GetHashAndReset(mac);
        return $"v1,{Convert.ToBase64String(mac)}";
    }
}
