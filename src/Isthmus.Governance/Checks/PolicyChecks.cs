using Isthmus.Exchange.Contracts;
using Isthmus.Governance.Reading;
using Isthmus.Governance.Yaml;

namespace Isthmus.Governance.Checks;

/// <summary>The consent policy a contract names exists and covers its jurisdictions.</summary>
internal static class PolicyChecks
{
    public static void Check(ContractDraft draft, ConsentPolicy? policy, IReadOnlyList<ConsentPolicy> policies)
    {
        if (policy is null)
        {
            Find(draft.Contract.Policy.Name, draft.Root, policies);
            return;
        }

        foreach (var jurisdiction in draft.Contract.Jurisdictions.Where(j => j != policy.Jurisdiction))
        {
            draft.Root.Fault("jurisdictions", SiteRules.JurisdictionUncovered, $"Policy `{policy.Id}` does not cover `{jurisdiction}`.");
        }
    }

    /// <summary>The policy of that name; null, and a fault, where there is none.</summary>
    public static ConsentPolicy? Find(string name, Section root, IReadOnlyList<ConsentPolicy> policies)
    {
        var policy = policies.FirstOrDefault(p => p.Name == name);
        if (policy is null && name.Length > 0)
        {
            root.Fault("consent-policy", SiteRules.PolicyUnknown, $"Policy `{name}` is not under policies/.{Nearest.Hint(name, policies.Select(p => p.Name))}");
        }

        return policy;
    }

    /// <summary>What the policy says of the purpose; null, and a fault, where it does not know it or forbids it.</summary>
    public static PurposeRule? CheckPurpose(string purpose, Section section, ConsentPolicy policy)
    {
        if (!policy.Purposes.TryGetValue(purpose, out var rule))
        {
            section.Fault("consent-purpose", SiteRules.PurposeUnknown,
                $"Policy `{policy.Id}` does not know purpose `{purpose}`.{Nearest.Hint(purpose, policy.Purposes.Keys)}");
            return null;
        }

        if (rule.Consent == ConsentNeed.Forbidden)
        {
            section.Fault("consent-purpose", SiteRules.PurposeForbidden, $"Policy `{policy.Id}` forbids purpose `{purpose}`.");
            return null;
        }

        return rule;
    }
}
