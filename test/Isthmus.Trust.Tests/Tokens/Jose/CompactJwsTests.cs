using System.Security.Cryptography;
using System.Text;
using Isthmus.Trust.Tokens.Jose;
using static Isthmus.Trust.Tests.Tokens.Jose.Forge;

namespace Isthmus.Trust.Tests.Tokens.Jose;

/// <summary>What a token must not get away with before anybody looks at its claims.</summary>
public sealed class CompactJwsTests
{
    private const string Header = """{"alg":"ES384","kid":"k1","typ":"JWT"}""";
    private const string Payload = """{"iss":"c1"}""";

    public static TheoryData<SignatureAlgorithm> Algorithms => [.. Enum.GetValues<SignatureAlgorithm>()];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void A_signature_of_every_allowed_algorithm_is_verified(SignatureAlgorithm algorithm)
    {
        var jws = Read(Token($$"""{"alg":"{{algorithm}}","kid":"k1"}""", Payload, algorithm));

        Assert.Equal(algorithm, jws.Header.Algorithm);
        Assert.True(jws.IsSignedBy(Key(KeyFor(algorithm))));
        Assert.Equal(Payload, Encoding.UTF8.GetString(jws.Payload.Span));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("HS256")]
    [InlineData("HS384")]
    [InlineData("RS256")]
    [InlineData("ES512")]
    [InlineData("EdDSA")]
    [InlineData("es384")]
    [InlineData("ES384 ")]
    [InlineData("")]
    public void An_algorithm_that_is_not_on_the_list_does_not_exist(string algorithm) =>
        AssertRefused("jose.algorithm-refused", Token($$"""{"alg":"{{algorithm}}","kid":"k1"}""", Payload, SignatureAlgorithm.ES384));

    [Fact]
    public void A_token_without_an_algorithm_is_refused() =>
        AssertRefused("jose.algorithm-refused", Token("""{"kid":"k1"}""", Payload, SignatureAlgorithm.ES384));

    [Fact]
    public void A_public_key_is_nobodys_shared_secret()
    {
        var signed = $"{Encode("""{"alg":"HS256","kid":"k1"}""")}.{Encode(Payload)}";
        var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Rsa.ExportSubjectPublicKeyInfoPem()), Encoding.ASCII.GetBytes(signed));

        AssertRefused("jose.algorithm-refused", $"{signed}.{Encode(mac)}");
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void Zero_is_no_number_of_a_signature(byte r, byte s)
    {
        var signature = new byte[96];
        (signature[47], signature[95]) = (r, s);
        var jws = Read($"{Encode(Header)}.{Encode(Payload)}.{Encode(signature)}");

        Assert.False(jws.IsSignedBy(Key(P384)));
    }

    [Fact]
    public void The_order_of_the_curve_is_no_number_of_a_signature()
    {
        var order = Convert.FromHexString("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973");

        Assert.False(Read($"{Encode(Header)}.{Encode(Payload)}.{Encode([.. order, .. order])}").IsSignedBy(Key(P384)));
    }

    [Fact]
    public void A_signature_in_another_form_is_none()
    {
        var signed = $"{Encode(Header)}.{Encode(Payload)}";
        var der = P384.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA384, DSASignatureFormat.Rfc3279DerSequence);

        Assert.False(Read($"{signed}.{Encode(der)}").IsSignedBy(Key(P384)));
    }

    [Fact]
    public void Another_key_of_the_same_id_did_not_sign_it()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);

        Assert.False(Read(Token(Header, Payload, SignatureAlgorithm.ES384)).IsSignedBy(Key(other)));
    }

    [Fact]
    public void A_key_bound_to_one_algorithm_verifies_no_other()
    {
        var jwk = Jwk(Rsa, "k1");
        jwk["alg"] = "PS384";

        Assert.False(Read(Token("""{"alg":"RS384","kid":"k1"}""", Payload, SignatureAlgorithm.RS384)).IsSignedBy(SetOf(jwk).Keys[0]));
    }

    [Fact]
    public void A_changed_letter_breaks_the_signature()
    {
        var token = Token(Header, Payload, SignatureAlgorithm.ES384);
        var parts = token.Split('.');

        Assert.False(Read($"{parts[0]}.{Encode("""{"iss":"c2"}""")}.{parts[2]}").IsSignedBy(Key(P384)));
    }

    [Theory]
    [InlineData("""{"alg":"ES384","kid":"k1","kid":"k2"}""")]
    [InlineData("""{"alg":"ES384","\u0061lg":"RS384"}""")]
    [InlineData("""{"alg":"ES384","x":{"a":1,"a":2}}""")]
    [InlineData("""{"alg":"ES384","x":[{"a":1,"\u0061":2}]}""")]
    [InlineData("""{"alg":"ES384"} {}""")]
    [InlineData("""{"alg":"ES384",}""")]
    [InlineData("""{"alg":"ES384"/* */}""")]
    [InlineData("""{"alg":["ES384"]}""")]
    [InlineData("""{"alg":"ES384","kid":7}""")]
    [InlineData("""{"alg":"ES384","kid":"\ud800"}""")]
    [InlineData("""{"alg":"ES384","\ud800":1}""")]
    [InlineData("""["alg","ES384"]""")]
    [InlineData("""{"alg":"ES384","x":[[[[[[1]]]]]]}""")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("\ufeff{\"alg\":\"ES384\"}")]
    public void A_header_is_one_object_with_every_name_once(string header) =>
        AssertRefused(header.Length == 0 ? "jose.not-compact" : "jose.header-unreadable", Token(header, Payload, SignatureAlgorithm.ES384));

    [Fact]
    public void A_header_that_is_no_unicode_is_refused() =>
        AssertRefused("jose.header-unreadable", $"{Encode([.. "{\"alg\":\"ES384\",\"x\":\""u8, 0xC3, 0x28, .. "\"}"u8])}.{Encode(Payload)}.{Encode("x")}");

    [Theory]
    [InlineData("""{"alg":"ES384","crit":["exp"],"exp":1}""")]
    [InlineData("""{"alg":"ES384","crit":["http://example/unknown"]}""")]
    [InlineData("""{"alg":"ES384","crit":[]}""")]
    [InlineData("""{"alg":"ES384","b64":false,"crit":["b64"]}""")]
    [InlineData("""{"alg":"ES384","b64":true}""")]
    [InlineData("""{"alg":"ES384","zip":"DEF"}""")]
    public void No_extension_is_understood(string header) =>
        AssertRefused("jose.extension-refused", Token(header, Payload, SignatureAlgorithm.ES384));

    [Fact]
    public void What_a_header_brings_or_points_at_is_told_and_not_used()
    {
        var embedded = System.Text.Json.JsonSerializer.Serialize(Jwk(P256, "evil"));
        var jws = Read(Token($$"""{"alg":"ES384","kid":"k1","jku":"https://evil.example/","x5u":"https://evil.example/","jwk":{{embedded}}}""", Payload, SignatureAlgorithm.ES384));

        Assert.Equal("https://evil.example/", jws.Header.KeySetUrl);
        Assert.True(jws.Header.NamesCertificate);
        Assert.Equal(embedded, Encoding.UTF8.GetString(jws.Header.BroughtKey.Span));
    }

    [Fact]
    public void Anything_but_three_parts_of_base64url_is_refused()
    {
        var token = Token(Header, Payload, SignatureAlgorithm.ES384);
        var parts = token.Split('.');
        string[] faulty =
        [
            "", ".", "..", "...", "a.b", parts[0], $"{parts[0]}.{parts[1]}", $"{parts[0]}.{parts[1]}.", $".{parts[1]}.{parts[2]}",
            $"{token}.AA", $"{token}.AA.AA", // five parts, as an encrypted token has
            $"{parts[0]}=.{parts[1]}.{parts[2]}", $"{token}=", $"{token}==", $" {token}", $"{token} ", $"{token}\n", $"{parts[0]}.{parts[1][..4]}\n{parts[1][4..]}.{parts[2]}",
            $"{parts[0]}.{parts[1]}.{parts[2].Replace('-', '+').Replace('_', '/')}+", $"{parts[0]}.{parts[1]}.A", $"{parts[0]}.{parts[1]}.AB", // bits left over
            $"{parts[0]}.{parts[1]}.\u00e9", Uri.EscapeDataString(token) + "%3D", "\0" + token,
        ];

        Assert.All(faulty, text => AssertRefused("jose.not-compact", text));
    }

    [Fact]
    public void Every_cut_of_a_token_is_refused_or_not_signed()
    {
        var token = Token(Header, Payload, SignatureAlgorithm.ES384);
        var key = Key(P384);
        for (var length = 0; length < token.Length; length++)
        {
            Assert.False(CompactJws.TryRead(Utf8(token[..length]), out var jws, out _) && jws.IsSignedBy(key));
        }
    }

    [Fact]
    public void The_platform_is_asked_once_for_a_signature_and_never_for_what_cannot_be_one()
    {
        var key = Key(P384);
        var good = Token(Header, Payload, SignatureAlgorithm.ES384);
        Read(good).IsSignedBy(key);
        Read(good[..^128] + new string('B', 128)).IsSignedBy(key);
        Assert.Equal(2, key.Verifier.Verified);

        Read(good[..^128] + new string('A', 128)).IsSignedBy(key);
        Read(Token("""{"alg":"ES256"}""", Payload, SignatureAlgorithm.ES256)).IsSignedBy(key);
        Assert.Equal(2, key.Verifier.Verified);
    }

    [Fact]
    public void A_huge_token_is_refused_by_its_length()
    {
        AssertRefused("jose.too-large", new string('a', 1 << 20));
        AssertRefused("jose.not-compact", $"{new string('A', 6000)}.{Encode(Payload)}.AAAA");
    }

    [Fact]
    public void What_we_sign_others_can_verify()
    {
        var (signer, pkcs8) = JwsSigner.Create();
        using (signer)
        {
            var token = signer.Sign(Encode($$"""{"alg":"ES256","kid":"{{signer.PublicKey.Id}}"}"""), Encoding.UTF8.GetBytes(Payload));
            var (signed, signature) = (token[..token.LastIndexOf('.')], token[(token.LastIndexOf('.') + 1)..]);
            using var again = ECDsa.Create();
            again.ImportPkcs8PrivateKey(pkcs8, out _);

            Assert.True(again.VerifyData(Encoding.ASCII.GetBytes(signed), StrictBase64Url.Decode(signature)!, HashAlgorithmName.SHA256));
            Assert.True(Read(token).IsSignedBy(signer.PublicKey));
            using var reopened = JwsSigner.Open(pkcs8);
            Assert.Equal(signer.PublicKey.Id, reopened.PublicKey.Id);
        }
    }

    private static CompactJws Read(string token)
    {
        Assert.True(CompactJws.TryRead(Utf8(token), out var jws, out var refusal), refusal?.Id);
        return jws!;
    }

    private static void AssertRefused(string rule, string token)
    {
        Assert.False(CompactJws.TryRead(Utf8(token), out _, out var refusal));
        Assert.Equal(rule, refusal!.Id);
    }
}
