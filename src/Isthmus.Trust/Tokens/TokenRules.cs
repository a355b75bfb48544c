using Isthmus.Exchange;

namespace Isthmus.Trust.Tokens;

/// <summary>
/// Why a token is not given, or not believed. What hangs on who is registered is told to nobody outside: there it is
/// <see cref="NotAuthenticated"/>, whatever the cause; the cause is counted and logged.
/// </summary>
public static class TokenRules
{
    public static readonly Refusal NotAuthenticated = Client(
        "token.client-not-authenticated", "The client could not be authenticated. Whoever runs this site can see why.");

    // What anybody can see in an assertion by looking at it.
    public static readonly Refusal FormUnreadable = Client(
        "token.form-unreadable", "The body is not a form in which every parameter stands once.");

    public static readonly Refusal GrantUnsupported = Client(
        "token.grant-unsupported", "Only grant_type=client_credentials is known here.");

    public static readonly Refusal AssertionMissing = Client(
        "token.assertion-missing", "Send client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer and one client_assertion, or come with the registered certificate.");

    public static readonly Refusal SecretRefused = Client(
        "token.secret-refused", "There are no shared secrets here. Prove yourself by a signed assertion or a certificate.");

    public static readonly Refusal TypeWrong = Client(
        "token.assertion-type", "The assertion's typ is not JWT.");

    public static readonly Refusal KeyBrought = Client(
        "token.assertion-key-brought", "The assertion brings its key or certificate along. Only registered keys are used; leave jwk, jku, x5u and x5c out.");

    public static readonly Refusal ClaimsUnreadable = Client(
        "token.assertion-claims", "The assertion must have iss, sub, aud and jti as texts and exp as seconds; each once.");

    public static readonly Refusal SubjectDiffers = Client(
        "token.assertion-subject", "The assertion's iss and sub must both be the client's id, and client_id, where it is sent, too.");

    public static readonly Refusal AudienceWrong = Client(
        "token.assertion-audience", "The assertion's aud must be exactly the token URL or exactly the issuer, as one text.");

    public static readonly Refusal AssertionExpired = Client(
        "token.assertion-expired", "The assertion has expired. Check your clock, and make a new one for every request.");

    public static readonly Refusal LifetimeTooLong = Client(
        "token.assertion-lifetime", "The assertion's exp is more than five minutes ahead.");

    public static readonly Refusal FromTheFuture = Client(
        "token.assertion-future", "The assertion's iat or nbf lies in the future. Check your clock.");

    public static readonly Refusal IdUnfit = Client(
        "token.assertion-id", "The assertion's jti must have 1 to 256 characters.");

    // What only hangs on the registration.
    public static readonly Refusal ClientUnknown = Client("token.client-unknown", "No client has this id.");

    public static readonly Refusal ClientInactive = Client("token.client-inactive", "The client is not approved, has expired, was revoked or switched off, or belongs to another environment.");

    public static readonly Refusal AlgorithmUnregistered = Client("token.algorithm-unregistered", "The client may not sign by this algorithm.");

    public static readonly Refusal KeyUnknown = Client("token.key-unknown", "The client has no key of this id for this algorithm.");

    public static readonly Refusal KeySetUrlUnregistered = Client("token.key-set-url-unregistered", "The header's jku is not the registered one.");

    public static readonly Refusal CertificateUnregistered = Client("token.certificate-unregistered", "The certificate is not the client's, or none came.");

    public static readonly Refusal Replayed = Client("token.assertion-replayed", "The assertion was used before. Make a new one, with a new jti, for every request.");

    // Access tokens.
    public static readonly Refusal TokenMissing = Client("token.missing", "Send an access token in the Authorization header.");

    public static readonly Refusal TokenInvalid = Client("token.invalid", "The access token is not one that is good here. Get a new one.");

    public static readonly Refusal TokenExpired = Client("token.expired", "The access token has expired. Get a new one.");

    public static readonly Refusal TokenRevoked = Client("token.revoked", "The access token or its client was revoked.");

    public static readonly Refusal BindingWrong = Client(
        "token.binding-wrong", "The access token is bound to a key or certificate, and the request does not prove it.");

    public static readonly Refusal DpopInvalid = Client(
        "token.dpop-invalid", "The DPoP proof is not one for this request (RFC 9449 section 4.3).");

    public static readonly Refusal DpopRequired = Client("token.dpop-required", "The client is registered for tokens bound by DPoP. Send a proof.");

    public static readonly Refusal StateUnconfirmed = new(
        "access.state-unconfirmed", "This node cannot see at the moment who may come in. Try again in a second.", FailureDomain.TokenService, Transient: true);

    public static readonly Refusal StoreUnavailable = new(
        "token.store-unavailable", "Tokens cannot be recorded at the moment, so none is given. Try again in a second.", FailureDomain.TokenService, Transient: true);

    public static readonly Refusal KeyUnavailable = new(
        "token.key-unavailable", "Tokens cannot be signed at the moment. Whoever runs this site has to look at its signing keys.", FailureDomain.TokenService, Transient: true);

    private static Refusal Client(string id, string sentence) => new(id, sentence, FailureDomain.Client);
}
