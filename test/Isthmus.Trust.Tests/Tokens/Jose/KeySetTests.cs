using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Isthmus.Trust.Tokens.Jose;
using static Isthmus.Trust.Tests.Tokens.Jose.Forge;

namespace Isthmus.Trust.Tests.Tokens.Jose;

public sealed class KeySetTests
{
    [Fact]
    public void The_thumbprint_is_that_of_the_standard()
    {
        // RFC 7638 section 3.1.
        const string Example = """
            {"keys":[{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS384","kid":"2011-04-29"}]}
            """;
        Assert.True(KeySet.TryRead(Encoding.UTF8.GetBytes(Example), out var set, out _));

        Assert.Equal("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", set!.Keys[0].Thumbprint);
    }

    [Fact]
    public void A_set_written_is_the_set_that_was_read()
    {
        var set = SetOf(Jwk(Rsa, "r"), Jwk(P384, "e"), Jwk(P256, "s"));
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            set.WriteTo(json);
        }

        Assert.True(KeySet.TryRead(buffer.ToArray(), out var again, out _));
        Assert.Equal(set.Keys.Select(k => (k.Id, k.Thumbprint)), again!.Keys.Select(k => (k.Id, k.Thumbprint)));
    }

    [Fact]
    public void A_key_is_found_by_its_id_and_the_kind_of_the_algorithm()
    {
        var set = SetOf(Jwk(Rsa, "one"), Jwk(P384, "one"), Jwk(P256, "two"));

        Assert.Equal(KeyKind.P384, set.Find("one", SignatureAlgorithm.ES384)!.Kind);
        Assert.Equal(KeyKind.Rsa, set.Find("one", SignatureAlgorithm.PS384)!.Kind);
        Assert.Null(set.Find("two", SignatureAlgorithm.ES384));
        Assert.Null(set.Find("ONE", SignatureAlgorithm.ES384));
        Assert.Null(set.Find("", SignatureAlgorithm.ES384));
    }

    [Fact]
    public void Keys_of_other_kinds_and_purposes_are_passed_over()
    {
        var forEncryption = Jwk(P256, "enc");
        forEncryption["use"] = "enc";
        var okp = new Dictionary<string, object> { ["kty"] = "OKP", ["crv"] = "Ed25519", ["kid"] = "ed", ["x"] = "AA" };
        var secp = new Dictionary<string, object> { ["kty"] = "EC", ["crv"] = "secp256k1", ["kid"] = "k1", ["x"] = "AA", ["y"] = "AA" };
        var rs512 = Jwk(Rsa, "rs512");
        rs512["alg"] = "RS512";

        Assert.Equal(["mine"], SetOf(forEncryption, okp, secp, rs512, Jwk(P384, "mine")).Keys.Select(k => k.Id));
    }

    public static TheoryData<string, string> Faulty => new()
    {
        { "jose.key-private", With(Jwk(P384, "k"), "d", "AAAA") },
        { "jose.key-private", """{"keys":[{"kty":"oct","kid":"k","k":"c2VjcmV0"}]}""" },
        { "jose.key-weak", Set(Jwk(RSA.Create(1024), "k")) },
        { "jose.key-weak", With(Jwk(Rsa, "k"), "e", "Aw") },
        { "jose.key-weak", With(Jwk(Rsa, "k"), "e", "AQAC") },
        { "jose.key-weak", With(Jwk(Rsa, "k"), "n", Encode(Enumerable.Repeat((byte)0xFF, 2048).ToArray())) },
        { "jose.key-unreadable", With(Jwk(Rsa, "k"), "n", "A+B=") },
        { "jose.key-unreadable", With(Jwk(Rsa, "k"), "n", Encode([0, .. Rsa.ExportParameters(false).Modulus!])) },
        { "jose.key-unreadable", With(Jwk(P384, "k"), "x", Encode(new byte[48])) },
        { "jose.key-unreadable", With(Jwk(P384, "k"), "x", Encode(new byte[32])) },
        { "jose.key-unreadable", With(Jwk(P384, "k"), "alg", "ES256") },
        { "jose.key-unreadable", """{"keys":["key"]}""" },
        { "jose.key-unreadable", """{"keys":[{}]}""" },
        { "jose.key-id-missing", With(Jwk(P384, "k"), "kid", "") },
        { "jose.key-id-missing", With(Jwk(P384, "k"), "kid", "line\nbreak") },
        { "jose.key-id-missing", With(Jwk(P384, "k"), "kid", new string('k', 129)) },
        { "jose.key-id-missing", Set(Jwk(P384, "k"), Jwk(ECDsa.Create(ECCurve.NamedCurves.nistP384), "k")) },
        { "jose.key-set-empty", """{"keys":[]}""" },
        { "jose.key-set-unreadable", """{"keys":[{"kty":"EC","kty":"RSA"}]}""" },
        { "jose.key-set-unreadable", """{"keys":[],"keys":[]}""" },
        { "jose.key-set-unreadable", """{"keys":{}}""" },
        { "jose.key-set-unreadable", "{}" },
        { "jose.key-set-unreadable", "[]" },
        { "jose.key-set-unreadable", "" },
        { "jose.key-set-unreadable", $$"""{"keys":{{new string('[', 60)}}{{new string(']', 60)}}}""" },
        { "jose.key-set-too-large", $$"""{"keys":[{{string.Join(',', Enumerable.Repeat("{\"kty\":\"OKP\"}", 33))}}]}""" },
        { "jose.key-set-too-large", $$"""{"keys":[],"x":"{{new string('x', 64 * 1024)}}"}""" },
    };

    [Theory]
    [MemberData(nameof(Faulty), DisableDiscoveryEnumeration = true)]
    public void A_faulty_key_refuses_the_set(string rule, string json)
    {
        Assert.False(KeySet.TryRead(Encoding.UTF8.GetBytes(json), out _, out var refusal));
        Assert.Equal(rule, refusal!.Id);
    }

    private static string With(Dictionary<string, object> key, string name, string value)
    {
        key[name] = value;
        return Set(key);
    }
}
