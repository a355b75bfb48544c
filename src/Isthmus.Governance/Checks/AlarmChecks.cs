using Isthmus.Exchange.Contracts;
using Isthmus.Governance.Reading;

namespace Isthmus.Governance.Checks;

/// <summary>A feed of results says which of them are critical: one that says nothing would never raise an alarm, and nobody would notice.</summary>
internal static class AlarmChecks
{
    public static void Check(ContractDraft draft)
    {
        var contract = draft.Contract;
        if (contract.Critical.Flags.Count + contract.Critical.Limits.Count == 0 && contract.Source.Messages.FirstOrDefault(BringsResults) is { } message)
        {
            draft.Root.Fault("source", SiteRules.CriticalMissing,
                $"`{message}` brings results, and nothing says which are critical: list `flags` or `limits` under `critical`, or no alarm is ever raised.");
        }
    }

    private static bool BringsResults(string message) =>
        message.StartsWith("ORU^", StringComparison.Ordinal) || message.StartsWith("OUL^", StringComparison.Ordinal);
}
