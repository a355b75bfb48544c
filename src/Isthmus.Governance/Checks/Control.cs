using System.Net;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Governance.Reading;

namespace Isthmus.Governance.Checks;

/// <summary>One control, from which tier on it is required, and how a contract shows that it has it.</summary>
/// <param name="Key">The key of the contract at which its absence is reported.</param>
/// <param name="Remedy">What to write, as the end of a sentence.</param>
internal sealed record Control(string Name, RiskTier From, string Key, string Remedy, Func<ContractDraft, Settings, bool> Holds)
{
    public static IReadOnlyList<Control> All { get; } =
    [
        new("idempotency", RiskTier.Low, "idempotency-key", "list the fields that make one business transaction.",
            (draft, _) => draft.Contract.IdempotencyKey.Count > 0),
        new("quotas", RiskTier.Moderate, "source", "state a `quota` for the source.",
            (draft, _) => draft.Contract.Source.Quota.PerSecond > 0),
        new("contract-tests", RiskTier.Moderate, "tests", "list samples under `tests`, at least one of which must not be delivered.",
            (draft, _) => draft.Contract.Tests.Any(t => t.Expect == Outcome.Delivered) && draft.Contract.Tests.Any(t => t.Expect != Outcome.Delivered)),
        new("approval", RiskTier.Moderate, "approval", "add `approval` with who proposed and who approved this version.",
            (draft, _) => draft.Risk.Approval is not null),
        new("mutual-tls", RiskTier.High, "source", "the listener leaves loopback, so it must demand client certificates and the source must say `mutual-tls`; or messages come through the door alone, under tokens.",
            MutualTls),
        new("strong-audit", RiskTier.High, "audit", "set `audit: strong`.",
            (draft, _) => draft.Contract.Audit == AuditLevel.Strong),
    ];

    private static bool MutualTls(ContractDraft draft, Settings settings)
    {
        var source = draft.Contract.Source;
        return !settings.Listeners.TryGetValue(source.Listener, out var listener)
            || IPAddress.IsLoopback(listener.Bind)
            || source.Authentication == SourceAuthentication.Token
            || (listener.Tls?.ClientAuthorities is not null && source.Authentication == SourceAuthentication.MutualTls);
    }
}
