using Isthmus.Exchange.Contracts;
using Isthmus.Governance.Reading;

namespace Isthmus.Governance.Checks;

/// <summary>A gap can only be asked for where the field may cross and becomes something that can carry the mark.</summary>
internal static class CompletenessChecks
{
    public static void Check(ContractDraft draft)
    {
        var contract = draft.Contract;
        foreach (var gap in contract.Completeness.Critical)
        {
            var term = contract.Fields.Terms.FirstOrDefault(t => t.Source == gap.Field);
            if (term is null or { Rule: FieldRule.Prohibited } or { Elements.Count: 0 })
            {
                draft.Root.Fault("completeness", SiteRules.GapUnlisted,
                    $"`{gap.Field}` is critical, and no field of the contract lists it with the elements it becomes.");
            }

            foreach (var message in gap.Messages.Where(m => !contract.Source.Messages.Contains(m)))
            {
                draft.Root.Fault("completeness", SiteRules.GapMessage, $"`{gap.Field}` is critical in `{message}`, which the source may not send.");
            }
        }
    }
}
