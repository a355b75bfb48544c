using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Isthmus.Simulators.Ehr;

/// <summary>Checks a <c>private_key_jwt</c> client assertion (RFC 7523 section 3, with the limits SMART Backend Services and large EHRs set).</summary>
internal sealed class ClientAssertion(RegisteredClient client, TimeProvider time)
{
    /// <summary>An assertion may expire at most this far ahead.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(5);
    private const int LongestId = 151;

    private readonly Lock gate = new();
    private readonly Dictionary<string, DateTimeOffset> used = new(StringComparer.Ordinal);

    /// <summary>Null if the assertion holds, else what is wrong with it.</summary>
    public string? Objection(string assertion, string tokenEndpoint)
    {
        var parts = assertion.Split('.');
        if (parts.Length != 3)
        {
            return "The assertion is no compact JWS.";
        }

        try
        {
            using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0]));
            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
            var signed = Encoding.ASCII.GetBytes(assertion[..assertion.LastIndexOf('.')]);
            return client.Verifies(Text(header, "alg"), signed, Base64Url.DecodeFromChars(parts[2]))
                ? ObjectionToClaims(claims, tokenEndpoint)
                : "The signature does not verify with a registered key by ES384 or RS384.";
        }
        catch (Exception malformed) when (malformed is JsonException or FormatException or InvalidOperationException)
        {
            return "The assertion is malformed.";
        }
    }

    private string? ObjectionToClaims(JsonDocument claims, string tokenEndpoint)
    {
        if (Text(claims, "iss") != client.Id || Text(claims, "sub") != client.Id)
        {
            return "iss and sub are the client id.";
        }

        if (Text(claims, "aud") != tokenEndpoint)
        {
            return "aud is the token endpoint.";
        }

        var now = time.GetUtcNow();
        if (Moment(claims, "exp") is not { } expires || expires <= now - Skew)
        {
            return "The assertion has expired or has no exp.";
        }

        if (expires > now + LongestLife + Skew)
        {
            return "exp is at most five minutes ahead.";
        }

        if (Moment(claims, "iat") > now + Skew || Moment(claims, "nbf") > now + Skew)
        {
            return "The assertion lies in the future.";
        }

        return Text(claims, "jti") is { Length: > 0 and <= LongestId } id && FirstUse(id, expires, now)
            ? null
            : "jti is missing, too long or used before.";
    }

    private bool FirstUse(string id, DateTimeOffset expires, DateTimeOffset now)
    {
        lock (gate)
        {
            foreach (var past in used.Where(used => used.Value < now - Skew).Select(used => used.Key).ToList())
            {
                used.Remove(past);
            }

            return used.TryAdd(id, expires);
        }
    }

    private static string Text(JsonDocument document, string name) =>
        document.RootElement.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";

    private static DateTimeOffset? Moment(JsonDocument claims, string name) =>
        claims.RootElement.TryGetProperty(name, out var value) ? DateTimeOffset.FromUnixTimeSeconds(value.GetInt64()) : null;
}
