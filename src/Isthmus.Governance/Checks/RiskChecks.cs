using System.Net;
using Isthmus.Exchange.Contracts;
using Isthmus.Governance.Reading;
using Isthmus.Governance.Yaml;

namespace Isthmus.Governance.Checks;

/// <summary>
/// Scores a contract from its own terms, and holds it to the controls of the tier that follows. A missing control is a
/// fault unless a waiver, named and unexpired, stands for it.
/// </summary>
internal static class RiskChecks
{
    /// <summary>Sums over five aspects of 0 to 3 each.</summary>
    private const int HighFrom = 9;
    private const int ModerateFrom = 5;

    public static RiskAssessment Assess(ContractDraft draft, Settings settings, DateOnly asOf)
    {
        var contract = draft.Contract;
        IReadOnlyList<RiskScore> scores =
        [
            Sensitivity(contract), WriteCapability(contract, settings), ExternalExposure(contract, settings),
            Regulation(contract), Criticality(contract, draft.Risk.Criticality),
        ];
        var tier = scores.Sum(s => s.Score) switch { >= HighFrom => RiskTier.High, >= ModerateFrom => RiskTier.Moderate, _ => RiskTier.Low };
        CheckWaivers(draft, asOf);
        var kept = new List<string>();
        foreach (var control in Control.All.Where(c => c.From <= tier))
        {
            if (control.Holds(draft, settings) || Waived(draft, control.Name, asOf))
            {
                kept.Add(control.Name);
                continue;
            }

            draft.Root.Fault(control.Key, SiteRules.ControlMissing,
                $"Risk tier {Text(tier)} ({Reasons(scores)}) requires control `{control.Name}`: {control.Remedy}");
        }

        CheckApproval(draft, tier);
        return new RiskAssessment(tier, scores, kept, [.. draft.Risk.Waivers.Select(w => w.Waiver)], draft.Risk.Approval);
    }

    private static RiskScore Sensitivity(IntegrationContract contract) =>
        contract.Fields.Terms.Any(t => t.Class == DataClass.Phi) ? new("data-sensitivity", 3, "carries PHI")
        : contract.Fields.Terms.Any(t => t.Class == DataClass.Pseudonymous) ? new("data-sensitivity", 2, "carries pseudonymous data")
        : new("data-sensitivity", 0, "carries no personal data");

    private static RiskScore WriteCapability(IntegrationContract contract, Settings settings) =>
        Connectors(contract, settings).Any(d => d.Kind is ConnectorKind.FhirRest or ConnectorKind.Mllp) ? new("write-capability", 3, "writes to a system of record")
        : contract.Destinations.Count > 0 ? new("write-capability", 1, "sends copies")
        : new("write-capability", 0, "sends nothing");

    private static RiskScore ExternalExposure(IntegrationContract contract, Settings settings) =>
        Connectors(contract, settings).Any(d => d.Exposure == Exposure.External) ? new("external-exposure", 3, "leaves the organisation")
        : Listeners(contract, settings).Any(listener => !IPAddress.IsLoopback(listener.Bind)) ? new("external-exposure", 2, "listens on a network")
        : new("external-exposure", 0, "stays inside");

    private static RiskScore Regulation(IntegrationContract contract) =>
        contract.Destinations.Any(d => d.Basis == LawfulBasis.Consent) ? new("regulatory-impact", 3, "discloses on consent")
        : contract.Jurisdictions.Count > 0 ? new("regulatory-impact", 2, "is under a privacy law")
        : new("regulatory-impact", 0, "is under no privacy law");

    /// <summary>Critical values make a flow critical, whatever its file says.</summary>
    private static RiskScore Criticality(IntegrationContract contract, Criticality declared) =>
        contract.Critical.Flags.Count + contract.Critical.Limits.Count > 0 ? new("operational-criticality", 3, "raises critical results")
        : new("operational-criticality", declared switch { Reading.Criticality.High => 3, Reading.Criticality.Moderate => 1, _ => 0 }, "declared");

    private static void CheckWaivers(ContractDraft draft, DateOnly asOf)
    {
        foreach (var (waiver, section) in draft.Risk.Waivers)
        {
            if (Control.All.All(c => c.Name != waiver.Control))
            {
                section.Fault("control", SiteRules.WaiverUnknown,
                    $"`{waiver.Control}` is no control.{Nearest.Hint(waiver.Control, Control.All.Select(c => c.Name))}");
            }
            else if (waiver.Expires <= asOf)
            {
                section.Fault("expires", SiteRules.WaiverExpired, $"The waiver for `{waiver.Control}` has expired; put the control in place or renew it.");
            }
        }
    }

    private static void CheckApproval(ContractDraft draft, RiskTier tier)
    {
        if (draft.Risk is not { Approval: { } approval, ApprovalSection: { } section })
        {
            return;
        }

        if (string.Equals(approval.ProposedBy, approval.ApprovedBy, StringComparison.OrdinalIgnoreCase))
        {
            section.Fault("approved-by", SiteRules.SameApprover, "Whoever proposes a version does not approve it.");
        }

        string[] roles = tier switch
        {
            RiskTier.High => ["business", "security", "privacy", "clinical"],
            RiskTier.Moderate => ["business", "security"],
            _ => ["business"],
        };
        foreach (var role in roles.Where(r => !approval.SignOffs.ContainsKey(r)))
        {
            section.Fault("sign-offs", SiteRules.SignOffMissing, $"Risk tier {Text(tier)} requires the sign-off of `{role}`.");
        }
    }

    private static bool Waived(ContractDraft draft, string control, DateOnly asOf) =>
        draft.Risk.Waivers.Any(w => w.Waiver.Control == control && w.Waiver.Expires > asOf);

    private static IEnumerable<DestinationSettings> Connectors(IntegrationContract contract, Settings settings) =>
        contract.Destinations.Select(d => settings.Destinations.GetValueOrDefault(d.Name)).OfType<DestinationSettings>();

    /// <summary>Where its messages may come in: at its own listener, and at every door if it is open to them.</summary>
    private static IEnumerable<ListenerSettings> Listeners(IntegrationContract contract, Settings settings) =>
        settings.Listeners.Values.Where(l => l.Name == contract.Source.Listener || (contract.Source.IsAtDoor && l.Kind == ListenerKind.Api));

    private static string Text(RiskTier tier) => $"`{tier.ToString().ToLowerInvariant()}`";

    private static string Reasons(IEnumerable<RiskScore> scores) => string.Join(", ", scores.Where(s => s.Score >= 2).Select(s => s.Reason));
}
