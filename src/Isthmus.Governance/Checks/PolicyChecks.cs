using Isthmus.Exchange.Contracts;
using Isthmus.Governance.Reading;
using Isthmus.Governance.Yaml;

namespace Isthmus.Governance.Checks;

/// <summary>The consent policy a contract names exists and covers its jurisdictions.</summary>
internal static class PolicyChecks
{
    public static void Check(ContractDraft draft, ConsentPolicy? policy, IReadOnlyList<ConsentPolicy> policies)
    {
        var name = draft.Contract.Policy.Name;
        if (policy is null)
        {
            if (name.Length > 0)
            {
                draft.Root.Fault("consent-policy", SiteRules.PolicyUnknown, $"Policy `{name}` is not under policies/.{Nearest.Hint(name, policies.Select(p => p.Name))}");
            }

            return;
        }

        foreach (var jurisdiction in draft.Contract.Jurisdictions.Where(j => j != policy.Jurisdiction))
        {
            draft.Root.Fault("jurisdictions", SiteRules.JurisdictionUncovered, $"Policy `{policy.Id}` does not cover `{jurisdiction}`.");
        }
    }
}
