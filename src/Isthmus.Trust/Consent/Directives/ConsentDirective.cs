using Isthmus.Exchange;

namespace Isthmus.Trust.Consent.Directives;

/// <summary>
/// What one FHIR Consent says, reduced to what a decision needs. It names the person by the pseudonymous key and holds
/// no text, so it may be kept outside the PHI plane.
/// </summary>
/// <param name="Id">The Consent's logical id.</param>
/// <param name="Version">Its version as the source counts, else a hash of its content.</param>
/// <param name="Issued">When it was given; null when the resource does not say.</param>
/// <param name="Root">The base rule with its exceptions; null when the resource could not be understood, which denies.</param>
public sealed record ConsentDirective(
    PersonId Person,
    string Id,
    string Version,
    ConsentStatus Status,
    ConsentMoment? Issued,
    ConsentProvision? Root)
{
    /// <summary>As decisions record it.</summary>
    public string Name => $"Consent/{Id}@{Version}";
}

/// <summary>Consent.status (R4). Only an active consent is applied.</summary>
public enum ConsentStatus
{
    Active,
    Draft,
    Proposed,
    Rejected,
    Inactive,
    EnteredInError,
}

/// <summary>
/// A rule: where every criterion that is given holds, its effect applies unless one of its exceptions applies in turn
/// (R4 consent.html, Consent.provision). A criterion without values is not given.
/// </summary>
/// <param name="Permits">The effect: permit, or deny.</param>
/// <param name="Period">When the rule is in force.</param>
/// <param name="DataPeriod">When the data arose.</param>
/// <param name="Purposes">v3 PurposeOfUse codes.</param>
/// <param name="Actions">consentaction codes: collect, access, use, disclose, correct.</param>
/// <param name="Labels">Security label codes.</param>
/// <param name="Classes">Resource types.</param>
/// <param name="Codes">Codes of the data as <c>system|code</c>.</param>
public sealed record ConsentProvision(
    bool Permits,
    ConsentPeriod? Period,
    ConsentPeriod? DataPeriod,
    IReadOnlyList<string> Purposes,
    IReadOnlyList<string> Actions,
    IReadOnlyList<ConsentActor> Actors,
    IReadOnlyList<string> Labels,
    IReadOnlyList<string> Classes,
    IReadOnlyList<string> Codes,
    IReadOnlyList<ConsentData> Data,
    IReadOnlyList<ConsentProvision> Exceptions);

/// <param name="Role">v3 ParticipationType or RoleClass code, e.g. <c>IRCP</c>.</param>
/// <param name="Reference">A literal reference, or <c>system|value</c> of a logical one.</param>
public sealed record ConsentActor(string Role, string Reference);

/// <param name="Authored">True: data authored by the reference; false: the very instance.</param>
public sealed record ConsentData(bool Authored, string Reference);

public sealed record ConsentPeriod(ConsentMoment? Start, ConsentMoment? End);
