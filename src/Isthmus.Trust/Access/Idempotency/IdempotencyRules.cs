using Isthmus.Exchange;

namespace Isthmus.Trust.Access.Idempotency;

/// <summary>Every reason for which a repeat, or what looks like one, is refused (draft-ietf-httpapi-idempotency-key-header-07 §2.7).</summary>
public static class IdempotencyRules
{
    public static readonly Refusal KeyMissing = new(
        "idempotency.key-missing",
        "This route needs an Idempotency-Key, so that a request that is sent again has no second effect. Send one of your own per request.",
        FailureDomain.Client);

    public static readonly Refusal KeyUnusable = new(
        "idempotency.key-unusable",
        "The Idempotency-Key is not one string of 1 to 255 printable characters.",
        FailureDomain.Client);

    public static readonly Refusal KeyReused = new(
        "idempotency.key-reused",
        "The Idempotency-Key was used before with another request. Send each request under a key of its own.",
        FailureDomain.Client);

    public static readonly Refusal InFlight = new(
        "idempotency.in-flight",
        "The first request under this Idempotency-Key is still being worked on. Ask again after Retry-After for its answer.",
        FailureDomain.Edge, Transient: true);

    public static readonly Refusal Unavailable = new(
        "idempotency.unavailable",
        "Whether the request came before cannot be told at the moment, so nothing was done. Send it again later under the same key.",
        FailureDomain.Store, Transient: true);
}
