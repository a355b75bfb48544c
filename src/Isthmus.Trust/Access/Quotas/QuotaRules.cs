using Isthmus.Exchange;

namespace Isthmus.Trust.Access.Quotas;

/// <summary>Every reason for which a quota refuses.</summary>
public static class QuotaRules
{
    public static readonly Refusal Exceeded = new(
        "quota.exceeded",
        "More requests came than this client's contract allows. Wait as long as Retry-After says.",
        FailureDomain.Client, Transient: true);

    public static readonly Refusal Unavailable = new(
        "quota.unavailable",
        "Quotas cannot be counted at the moment, and this route does not go on without. Try again later.",
        FailureDomain.Store, Transient: true);
}
