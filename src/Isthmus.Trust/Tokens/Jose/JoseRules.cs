using Isthmus.Exchange;

namespace Isthmus.Trust.Tokens.Jose;

/// <summary>What can be wrong with a signed token or a key, before anybody asks what it claims.</summary>
public static class JoseRules
{
    public static readonly Refusal TooLarge = Of(
        "jose.too-large", "The token is larger than any that is taken here.");

    public static readonly Refusal NotCompact = Of(
        "jose.not-compact", "A signed token has three parts of base64url with a dot between them, without padding or whitespace.");

    public static readonly Refusal HeaderUnreadable = Of(
        "jose.header-unreadable", "The header of the token is not one JSON object in which every name stands once.");

    public static readonly Refusal PayloadUnreadable = Of(
        "jose.payload-unreadable", "The payload of the token is not one JSON object in which every name stands once.");

    public static readonly Refusal AlgorithmRefused = Of(
        "jose.algorithm-refused", "The token is signed by an algorithm that is not taken here. Sign by ES384 or RS384.");

    public static readonly Refusal ExtensionRefused = Of(
        "jose.extension-refused", "The header of the token asks for an extension (crit, b64, zip), and none is understood here.");

    public static readonly Refusal SignatureWrong = Of(
        "jose.signature-wrong", "The signature of the token does not fit its content and its key.");

    public static readonly Refusal KeySetUnreadable = Of(
        "jose.key-set-unreadable", "The key set is not a JSON object with a list named keys, in which every name stands once.");

    public static readonly Refusal KeySetTooLarge = Of(
        "jose.key-set-too-large", "The key set is larger than 64 KiB or holds more than 32 keys.");

    public static readonly Refusal KeyUnreadable = Of(
        "jose.key-unreadable", "A key is not a JSON Web Key as RFC 7517 and RFC 7518 have it.");

    public static readonly Refusal KeyPrivate = Of(
        "jose.key-private", "A key came with its private half. That key is no longer secret: make another one, and send its public half alone.");

    public static readonly Refusal KeyWeak = Of(
        "jose.key-weak", "An RSA key must have 2048 to 4096 bits and a public exponent from 65537 to 4294967295.");

    public static readonly Refusal KeyIdMissing = Of(
        "jose.key-id-missing", "Every key needs a key id (kid) of 1 to 128 visible characters, and no two keys the same.");

    public static readonly Refusal KeySetEmpty = Of(
        "jose.key-set-empty", "The key set holds no key that can verify a signature here (RSA, or EC on P-256 or P-384).");

    private static Refusal Of(string id, string sentence) => new(id, sentence, FailureDomain.Client);
}
