using System.Globalization;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Trust.Access.State;
using Isthmus.Trust.Access.Switches;
using Isthmus.Trust.Clients;
using Isthmus.Trust.Tokens.Jose;
using Isthmus.Trust.Tokens.Remote;

namespace Isthmus.Trust.Tokens;

/// <summary>The certificate with which a connection was opened.</summary>
/// <param name="Thumbprint">SHA-256 of it, in base64url.</param>
/// <param name="Subject">Its subject as RFC 4514 writes it.</param>
/// <param name="IsVouchedFor">Whether an authority that the listener trusts issued it.</param>
public sealed record PresentedCertificate(string Thumbprint, string Subject, bool IsVouchedFor);

/// <summary>Who a request to the authorization server is from.</summary>
/// <param name="Use">The assertion, to be used up before anything is given for it; null for a certificate.</param>
/// <param name="Cause">Why nobody was recognised; not for outside.</param>
internal readonly record struct Authenticated(Client? Client, Assertion? Use, Refusal? Cause)
{
    /// <summary>For what is counted of who asks.</summary>
    public Attempt By { get; init; }

    public static Authenticated Not(Refusal cause, string? client = null, string? tried = null) =>
        new(null, null, cause) { By = new Attempt(client, tried) };
}

/// <summary>Who is thought to have asked, for what is counted: proven or not.</summary>
/// <param name="Client">The client that the request names; null unless it is registered.</param>
/// <param name="Tried">What it brought that nobody has.</param>
internal readonly record struct Attempt(string? Client, string? Tried);

/// <summary>
/// Finds out which client is asking. Steps, the cheap ones first: 1 what can be seen; 2 a client that may come in; 3 a registered
/// algorithm; 4 one registered key; 5 its signature. Nothing of a header is ever used as a key or fetched.
/// </summary>
internal sealed class ClientAuthentication(RemoteKeySets remote)
{
    private const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    public async ValueTask<Authenticated> RecogniseAsync(
        FormFields form, PresentedCertificate? certificate, string tokenUrl, SiteModel site, AccessState state, DateTimeOffset now, CancellationToken cancellation)
    {
        if (form["client_secret"] is not null)
        {
            return Authenticated.Not(TokenRules.SecretRefused);
        }

        if (form["client_assertion"] is { } text && form["client_assertion_type"] == AssertionType)
        {
            // 1.
            var (assertion, refusal, names) = Assertion.Read(text, form["client_id"], tokenUrl, site.Access!, now);
            return assertion is null ? Authenticated.Not(refusal!, Registered(names, state)) : await RecogniseAsync(assertion, site, state, now, cancellation);
        }

        return form["client_assertion"] is null && form["client_id"] is { } id && certificate is not null
            ? Recognise(id, certificate, site, state, now)
            : Authenticated.Not(TokenRules.AssertionMissing, Registered(form["client_id"], state));
    }

    private async ValueTask<Authenticated> RecogniseAsync(
        Assertion assertion, SiteModel site, AccessState state, DateTimeOffset now, CancellationToken cancellation)
    {
        // 2.
        if (Find(assertion.Client, site, state, now, out var refused) is not { } client)
        {
            return Unknown(assertion.Client, state, refused);
        }

        // 3.
        var (header, credential) = (assertion.Jws.Header, client.Credential);
        if (!credential.Algorithms.Contains(header.Algorithm))
        {
            return Authenticated.Not(TokenRules.AlgorithmUnregistered, client.Id);
        }

        // SMART, signature verification, step 1: a jku must be the registered one; the keys are fetched from there in either case.
        if (header.KeySetUrl is { } url && url != credential.KeysUrl?.OriginalString)
        {
            return Authenticated.Not(TokenRules.KeySetUrlUnregistered, client.Id, url);
        }

        // 4.
        var key = credential.Keys?.Find(header.KeyId, header.Algorithm);
        if (credential.KeysUrl is { } remoteUrl)
        {
            key = await remote.FindAsync(remoteUrl, header.KeyId, header.Algorithm, site.Environment != SiteEnvironment.Production, cancellation);
        }

        if (key is null)
        {
            return Authenticated.Not(TokenRules.KeyUnknown, client.Id, header.KeyId);
        }

        // 5.
        return assertion.Jws.IsSignedBy(key)
            ? new Authenticated(client, assertion, null) { By = new Attempt(client.Id, null) }
            : Authenticated.Not(JoseRules.SignatureWrong, client.Id, assertion.Id);
    }

    /// <summary>RFC 8705 section 2: the handshake has proven the certificate; here it must be the one of the registration.</summary>
    private static Authenticated Recognise(string id, PresentedCertificate certificate, SiteModel site, AccessState state, DateTimeOffset now)
    {
        if (Find(id, site, state, now, out var refused) is not { } client)
        {
            return Unknown(id, state, refused);
        }

        var credential = client.Credential;
        var isIts = credential.Certificate is { } thumbprint
            ? thumbprint == certificate.Thumbprint
            : credential.Subject is { } subject && certificate.IsVouchedFor && subject == certificate.Subject;
        return isIts
            ? new Authenticated(client, null, null) { By = new Attempt(id, null) }
            : Authenticated.Not(TokenRules.CertificateUnregistered, id, certificate.Thumbprint);
    }

    private static Authenticated Unknown(string id, AccessState state, Refusal refused) =>
        Registered(id, state) is { } client ? Authenticated.Not(refused, client) : Authenticated.Not(refused, tried: id);

    private static string? Registered(string? id, AccessState state) => id is not null && state.Clients.ContainsKey(id) ? id : null;

    private static Client? Find(string id, SiteModel site, AccessState state, DateTimeOffset now, out Refusal refused)
    {
        refused = TokenRules.ClientUnknown;
        if (!state.Clients.TryGetValue(id, out var client))
        {
            return null;
        }

        refused = TokenRules.ClientInactive;
        var isOff = state.Switches.IsOff(client.Tenant, SwitchKind.Client, id) || state.Switches.IsOff(client.Tenant, SwitchKind.Integration, client.Integration)
            || state.Switches.IsOff(client.Tenant, SwitchKind.Tenant, client.Tenant.ToString(CultureInfo.InvariantCulture));
        return client.IsActive(now) && !isOff && client.Environment == site.Environment && client.Tenant == site.Tenant.Id ? client : null;
    }
}
