using Isthmus.Exchange;

namespace Isthmus.Mediation.Identify;

/// <summary>What identification finds. None says who.</summary>
internal static class IdentityRules
{
    public static readonly Finding NoTrustedIdentifier = new(
        "identity.no-trusted-identifier", Severity.Error, "PID-3",
        "No identifier in PID-3 is of an assigner and type that the contract trusts, so a person must say whose result this is.");

    public static readonly Finding IdentifiersDisagree = new(
        "identity.identifiers-disagree", Severity.Error, "PID-3",
        "The identifiers in PID-3 belong to different persons, so a person must say whose result this is.");

    public static readonly Finding TooManyIdentifiers = new(
        "identity.too-many-identifiers", Severity.Error, "PID-3",
        "PID-3 has more trusted identifiers than one person has, so a person must say whose result this is.");

    public static readonly Finding DemographicConflict = new(
        "identity.demographic-conflict", Severity.Error, "PID",
        "The identifier is known, but birth date or name contradict the record; a person must say whose result this is.");

    public static readonly Finding DemographicsVary = new(
        "identity.demographics-vary", Severity.Warning, "PID",
        "The demographics differ from the record in a way that is common (a changed name, a mistyped sex).");

    public static readonly Finding Unknown = new(
        "identity.patient-unknown", Severity.Error, "PID-3",
        "The patient is not registered; a provisional patient was made and a task raised to register or link them.");

    public static readonly Finding MergeToReview = new(
        "identity.merge-to-review", Severity.Error, "MRG",
        "The contract does not take this source's word that two numbers are one patient; a person must decide.");

    public static readonly Finding MergeWithoutPrior = new(
        "identity.merge-without-prior", Severity.Error, "MRG-1",
        "No identifier in MRG-1 is of an assigner and type that the contract trusts, so a person must say who is merged.");

    public static readonly Finding MergeDoubtful = new(
        "identity.merge-doubtful", Severity.Error, "MRG-1",
        "The two patients contradict each other in birth date or name; nothing was merged, and a person must decide.");

    public static readonly Finding MergeKnown = new(
        "identity.merge-known", Severity.Information, "MRG-1",
        "Both numbers are this patient's already; nothing was changed.");
}
