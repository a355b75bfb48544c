namespace Isthmus.Trust.Consent.Decision;

/// <summary>The answer, as it is stored, shown and appended to the ledger. Nothing in it is patient data.</summary>
/// <param name="Reason">From <see cref="ConsentReasons"/>.</param>
/// <param name="PolicyVersion">E.g. <c>us-hipaa@1.0.0</c>; empty when there was no policy.</param>
/// <param name="ConsentVersions">The consents that decided, e.g. <c>Consent/registry-7@1</c>.</param>
public sealed record ConsentDecision(ConsentEffect Effect, string Reason, string PolicyVersion, IReadOnlyList<string> ConsentVersions)
{
    public bool Permits => Effect == ConsentEffect.Permit;

    /// <summary>Contradicting consents permit nothing and are for a person to sort out.</summary>
    public bool NeedsReview => Reason == ConsentReasons.Conflict;
}

public enum ConsentEffect
{
    Permit,
    Deny,
}

/// <summary>Stable ids of why a decision fell as it did.</summary>
public static class ConsentReasons
{
    public const string NoneRequired = "consent.none-required";
    public const string PermitOnFile = "consent.permit-on-file";

    public const string Absent = "consent.absent";
    public const string NotCovered = "consent.not-covered";
    public const string Refused = "consent.refused";
    public const string Expired = "consent.expired";
    public const string NotYetValid = "consent.not-yet-valid";
    public const string Revoked = "consent.revoked";
    public const string Unreadable = "consent.unreadable";
    public const string Conflict = "consent.conflict";
    public const string PurposeMissing = "consent.purpose-missing";
    public const string PurposeUnknown = "consent.purpose-unknown";
    public const string PurposeForbidden = "consent.purpose-forbidden";
    public const string JurisdictionUncovered = "consent.jurisdiction-uncovered";
    public const string PolicyMissing = "consent.policy-missing";

    /// <summary>The consents could not be read from the store; used by the caller that tried.</summary>
    public const string StoreUnavailable = "consent.store-unavailable";
}
