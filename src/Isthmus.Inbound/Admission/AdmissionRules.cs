using Isthmus.Exchange;
using Isthmus.Inbound.Listeners.Http;

namespace Isthmus.Inbound.Admission;

/// <summary>What admission itself refuses; tokens, scopes, quotas, switches and idempotency have rules of their own.</summary>
internal static class AdmissionRules
{
    public static readonly Refused AddressTooBusy = new(
        429,
        new Refusal("http.address-too-busy", "More requests come from this address than one address is given. Wait as long as Retry-After says.", FailureDomain.Client, Transient: true),
        RetryAfter: "1");

    public static readonly Refused AddressFailing = new(
        429,
        new Refusal("http.address-failing", "Too many requests from this address failed to prove who they are. Wait as long as Retry-After says.", FailureDomain.Client, Transient: true),
        RetryAfter: "30");

    public static readonly Refused PathUnknown = new(
        404, new Refusal("http.path-unknown", "There is nothing at this path.", FailureDomain.Client));

    public static readonly Refusal MethodNotAllowed = new(
        "http.method-not-allowed", "This path does not take this method; Allow names those it takes.", FailureDomain.Client);

    public static readonly Refused BodyUnexpected = new(
        400, new Refusal("http.body-unexpected", "This request takes no body.", FailureDomain.Client));

    public static readonly Refused BodyTooLarge = new(
        413, new Refusal("http.body-too-large", "The body is larger than this route takes.", FailureDomain.Client));

    public static readonly Refused NoRoom = new(503, HttpRules.NoRoom, RetryAfter: "1");

    public static readonly Refused MediaTypeUnsupported = new(
        415, new Refusal("http.media-type-unsupported", "The content type is none that this route reads.", FailureDomain.Client));

    public static readonly Refused EncodingUnsupported = new(
        415, new Refusal("http.content-encoding-unsupported", "The body must be sent as it is, without Content-Encoding.", FailureDomain.Client));

    public static readonly Refused StateUnconfirmed = new(
        503,
        new Refusal("access.state-unconfirmed", "Who may come in cannot be confirmed at the moment, so nobody is let in. Try again later.", FailureDomain.Store, Transient: true),
        RetryAfter: "1");

    public static readonly Refused TokenMissing = new(
        401, new Refusal("token.missing", "Send an access token in the Authorization field.", FailureDomain.Client), Challenge: "");

    public static readonly Refused TokenMisplaced = new(
        400,
        new Refusal("token.misplaced", "An access token stands in the Authorization field, once, and nowhere else.", FailureDomain.Client),
        Challenge: "invalid_request");

    public static readonly Refused TokenElsewhere = new(
        401,
        new Refusal("token.elsewhere", "The access token is not one for this place.", FailureDomain.Client),
        Challenge: "invalid_token");

    public static readonly Refused ContractMissing = new(
        403, new Refusal("contract.integration-missing", "The integration that this client was registered for is not in force.", FailureDomain.Client));

    public static readonly Refused RouteNotInContract = new(
        403, new Refusal("contract.route-not-allowed", "The contract of this integration does not name this route.", FailureDomain.Client));

    public static readonly Refusal FeedNotInContract = new(
        "contract.feed-not-allowed", "The contract of this integration does not name this feed.", FailureDomain.Client);

    public static readonly Refused AuditUnavailable = new(
        503,
        new Refusal("access.audit-unavailable", "The request cannot be put on record at the moment, and nothing is given out without. Try again later.", FailureDomain.Store, Transient: true),
        RetryAfter: "1");

    public static readonly Refused StoreUnavailable = new(
        503,
        new Refusal("http.store-unavailable", "What was asked for cannot be reached at the moment. Try again later.", FailureDomain.Store, Transient: true),
        RetryAfter: "1");

    public static readonly Refused HandlerFailed = new(
        500, new Refusal("http.fault", "The request could not be answered through a fault on this side. Tell those who run it the correlation id.", FailureDomain.Edge));
}
