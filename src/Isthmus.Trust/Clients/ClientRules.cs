using Isthmus.Exchange;

namespace Isthmus.Trust.Clients;

/// <summary>Why something is not done with a client. For the people who run the site: the door tells strangers less.</summary>
public static class ClientRules
{
    public static readonly Refusal Unknown = Of("client.unknown", "There is no client of this id; `isthmus client list` shows those there are.");

    public static readonly Refusal NotPending = Of("client.not-pending", "Only a client that waits for approval can be approved.");

    public static readonly Refusal SamePerson = Of("client.same-person", "Whoever registered a client does not approve it. Ask somebody else.");

    public static readonly Refusal Expired = Of("client.expired", "The registration has run out. Register the client anew.");

    public static readonly Refusal AlreadyRevoked = Of("client.already-revoked", "The client is revoked already.");

    public static readonly Refusal CredentialMissing = Of(
        "client.credential-missing", "A client proves itself in one way: by keys, by keys at a URL, or by a certificate.");

    public static readonly Refusal KeysUrlUnsafe = Of(
        "client.keys-url-unsafe", "Keys at a URL are fetched over https, without user name and fragment; off production also over http on loopback.");

    public static readonly Refusal AlgorithmUnfit = Of(
        "client.algorithm-unfit", "None of the registered algorithms fits a registered key.");

    public static readonly Refusal ExpiryUnfit = Of(
        "client.expiry-unfit", "A registration lasts from one hour to two years.");

    public static readonly Refusal BeyondContract = Of(
        "client.scope-beyond-contract", "The integration's contract does not allow these scopes to any client. Register for fewer, or change the contract first.");

    public static readonly Refusal FieldUnfit = Of(
        "client.field-unfit", "Name and owner have 1 to 200 characters, a purpose 1 to 500, and all of them no control characters.");

    internal static Refusal Named(string id) =>
        new[] { Unknown, NotPending, SamePerson, Expired, AlreadyRevoked }.First(r => r.Id == id);

    private static Refusal Of(string id, string sentence) => new(id, sentence, FailureDomain.Client);
}
