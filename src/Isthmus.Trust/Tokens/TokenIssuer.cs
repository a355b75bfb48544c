using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Isthmus.Exchange.Contracts;
using Isthmus.Trust.Access;
using Isthmus.Trust.Clients;
using Isthmus.Trust.Tokens.Jose;

namespace Isthmus.Trust.Tokens;

/// <summary>Writes access tokens as RFC 9068 has them.</summary>
internal static class TokenIssuer
{
    private const int IdBytes = 16;

    public static string NewId() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(IdBytes));

    public static string Write(
        JwsSigner signer, string header, AccessSettings settings, Client client, string scope, string id, Confirmation? bound, DateTimeOffset at, DateTimeOffset expires)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("iss", settings.Issuer);
            json.WriteString("aud", settings.Audience);
            json.WriteString("sub", client.Id);
            json.WriteString("client_id", client.Id);
            json.WriteNumber("iat", at.ToUnixTimeSeconds());
            json.WriteNumber("exp", expires.ToUnixTimeSeconds());
            json.WriteString("jti", id);
            json.WriteString("scope", scope);
            WriteConfirmation(json, bound);
            json.WriteEndObject();
        }

        return signer.Sign(header, buffer.WrittenSpan);
    }

    internal static void WriteConfirmation(Utf8JsonWriter json, Confirmation? bound)
    {
        if (bound is not null)
        {
            json.WriteStartObject("cnf");
            json.WriteString(bound.Kind == ConfirmationKind.Certificate ? "x5t#S256" : "jkt", bound.Thumbprint);
            json.WriteEndObject();
        }
    }
}
