using System.Security.Cryptography;
using Isthmus.Exchange;
using Isthmus.Fhir.Elements;

namespace Isthmus.Trust.Consent.Directives;

/// <summary>
/// A FHIR R4 Consent to the directive it is. Whatever is not understood (a missing effect, an unknown element, a code
/// without a code) makes the whole directive unreadable, because a criterion left out would widen a permit or a refusal.
/// </summary>
public static class ConsentReader
{
    /// <summary>No real consent nests more than three deep; a chain beyond this is refused when it is recorded.</summary>
    public const int MaxDepth = 16;

    /// <param name="consent">The resource.</param>
    /// <param name="person">Whom Consent.patient was resolved to.</param>
    public static ConsentDirective Read(FhirElement consent, PersonId person, ReadOnlySpan<byte> bytes)
    {
        var version = consent["meta"u8]["versionId"u8].AsString() ?? Convert.ToHexStringLower(SHA256.HashData(bytes))[..12];
        var id = consent["id"u8].AsString() ?? Convert.ToHexStringLower(SHA256.HashData(bytes))[..12];
        var status = StatusOf(consent["status"u8].AsString());
        var issued = consent["dateTime"u8];
        var moment = ConsentMoment.Parse(issued.AsString());
        var root = status is null || consent["modifierExtension"u8].Exists || (issued.Exists && moment is null) ? null : Root(consent);
        // A status that is not understood must not put the consent out of sight: it stays active and unreadable.
        return new ConsentDirective(person, id, version, status ?? ConsentStatus.Active, moment, root);
    }

    /// <summary>
    /// R4 gives the base rule by policyRule and forbids a type on the root provision; guides built on it (IHE PCF and
    /// others) write the type there. An opt-out with a permitting provision refuses all but that; an opt-in with a
    /// typed provision says no more than the provision, because the wide permit might not be meant.
    /// </summary>
    private static ConsentProvision? Root(FhirElement consent)
    {
        var byPolicy = BaseRule(consent["policyRule"u8]);
        var provision = consent["provision"u8];
        if (!provision.Exists)
        {
            return byPolicy is { } permits ? new ConsentProvision(permits, null, null, [], [], [], [], [], [], [], []) : null;
        }

        if (!provision["type"u8].Exists)
        {
            return byPolicy is { } permits ? ProvisionReader.Read(provision, permits, 1) : null;
        }

        var root = ProvisionReader.Read(provision, null, 1);
        return byPolicy == false && root is { Permits: true }
            ? new ConsentProvision(false, null, null, [], [], [], [], [], [], [], [root])
            : root;
    }

    /// <summary>v3-ActCode: OPTIN shares by default, OPTOUT does not.</summary>
    private static bool? BaseRule(FhirElement policyRule)
    {
        foreach (var coding in policyRule["coding"u8])
        {
            switch (coding["code"u8].AsString())
            {
                case "OPTIN" or "OPTINR":
                    return true;
                case "OPTOUT" or "OPTOUTE":
                    return false;
            }
        }

        return null;
    }

    private static ConsentStatus? StatusOf(string? code) => code switch
    {
        "active" => ConsentStatus.Active,
        "draft" => ConsentStatus.Draft,
        "proposed" => ConsentStatus.Proposed,
        "rejected" => ConsentStatus.Rejected,
        "inactive" => ConsentStatus.Inactive,
        "entered-in-error" => ConsentStatus.EnteredInError,
        _ => null,
    };
}
