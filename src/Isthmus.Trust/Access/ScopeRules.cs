using Isthmus.Exchange;

namespace Isthmus.Trust.Access;

/// <summary>Every reason for which scopes are refused.</summary>
public static class ScopeRules
{
    public static readonly Refusal Missing = new(
        "scope.missing",
        "No scope was asked for. Name those that the work at hand needs.",
        FailureDomain.Client);

    public static readonly Refusal TooMany = new(
        "scope.too-many",
        "At most 100 scopes in 8192 characters are read.",
        FailureDomain.Client);

    public static readonly Refusal Malformed = new(
        "scope.malformed",
        "A scope is none of SMART v1 or v2, such as system/Observation.rs, with one space between scopes.",
        FailureDomain.Client);

    public static readonly Refusal OverBroad = new(
        "scope.over-broad",
        "More was asked for than this client was registered for. Ask for the scopes of its registration or fewer.",
        FailureDomain.Client);

    public static readonly Refusal BeyondClass = new(
        "scope.beyond-class",
        "A scope reaches further than the access policy lets applications of this class.",
        FailureDomain.Client);

    public static readonly Refusal NoAction = new(
        "scope.no-action",
        "The access policy names no action for this request, so nobody may do it.",
        FailureDomain.Client);

    public static readonly Refusal Insufficient = new(
        "scope.insufficient",
        "The token's scopes do not cover this request.",
        FailureDomain.Client);

    public static readonly Refusal PolicyMissing = new(
        "scope.policy-missing",
        "The site has no access policy, so nothing is permitted. Add policies/access.yaml.",
        FailureDomain.Edge);
}
