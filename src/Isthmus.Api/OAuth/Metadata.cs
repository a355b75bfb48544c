using System.Text.Json;
using Isthmus.Exchange.Contracts;
using Isthmus.Trust.Tokens.Jose;

namespace Isthmus.Api.OAuth;

/// <summary>What the authorization server says of itself: RFC 8414, and SMART's well-known configuration, which is the same with a few more members.</summary>
internal static class Metadata
{
    public const string Token = "/oauth2/token";
    public const string Introspect = "/oauth2/introspect";
    public const string Revoke = "/oauth2/revoke";
    public const string Register = "/oauth2/register";
    public const string Keys = "/oauth2/jwks";

    private static readonly string[] Methods = ["private_key_jwt", "tls_client_auth"];

    public static void Write(Utf8JsonWriter json, SiteModel site)
    {
        var settings = site.Access!;
        json.WriteStartObject();
        json.WriteString("issuer", settings.Issuer);
        json.WriteString("token_endpoint", settings.Endpoint(Token));
        json.WriteString("jwks_uri", settings.Endpoint(Keys));
        json.WriteString("introspection_endpoint", settings.Endpoint(Introspect));
        json.WriteString("revocation_endpoint", settings.Endpoint(Revoke));
        json.WriteString("registration_endpoint", settings.Endpoint(Register));
        Strings(json, "grant_types_supported", ["client_credentials"]);
        Strings(json, "response_types_supported", []);
        Strings(json, "token_endpoint_auth_methods_supported", Methods);
        Strings(json, "token_endpoint_auth_signing_alg_values_supported", SignatureAlgorithms.Names);
        Strings(json, "introspection_endpoint_auth_methods_supported", Methods);
        Strings(json, "introspection_endpoint_auth_signing_alg_values_supported", SignatureAlgorithms.Names);
        Strings(json, "revocation_endpoint_auth_methods_supported", Methods);
        Strings(json, "revocation_endpoint_auth_signing_alg_values_supported", SignatureAlgorithms.Names);
        Strings(json, "dpop_signing_alg_values_supported", SignatureAlgorithms.Names);
        json.WriteBoolean("tls_client_certificate_bound_access_tokens", true);
        WriteAliases(json, settings.CertificateAddress);
        Strings(json, "scopes_supported", site.ApiContracts.SelectMany(c => c.Scopes).Distinct(StringComparer.Ordinal));
        Strings(json, "capabilities", ["client-confidential-asymmetric", "permission-v1", "permission-v2"]);
        json.WriteEndObject();
    }

    /// <summary>RFC 8705 section 5: where clients with a certificate go, if not to the same addresses as all others.</summary>
    private static void WriteAliases(Utf8JsonWriter json, string? address)
    {
        if (address is null)
        {
            return;
        }

        json.WriteStartObject("mtls_endpoint_aliases");
        json.WriteString("token_endpoint", address + Token);
        json.WriteString("introspection_endpoint", address + Introspect);
        json.WriteString("revocation_endpoint", address + Revoke);
        json.WriteString("registration_endpoint", address + Register);
        json.WriteEndObject();
    }

    private static void Strings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
