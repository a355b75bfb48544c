using System.Collections.Frozen;
using Isthmus.Exchange;
using Isthmus.Trust.Access.Conduct;
using Isthmus.Trust.Access.Quotas;
using Isthmus.Trust.Tokens.Jose;

namespace Isthmus.Trust.Tokens;

/// <summary>What a refusal says of the conduct of who was refused.</summary>
public static class RefusedConduct
{
    private static readonly FrozenDictionary<string, ConductCause> ByRule = Rules();

    /// <summary>What a refusal is counted as; null where the fault is ours, or passes by itself.</summary>
    public static ConductCause? Of(Refusal refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        return refusal.Id == QuotaRules.Exceeded.Id ? ConductCause.Quota
            : refusal.Transient || refusal == TokenRules.KeyUnavailable ? null
            : ByRule.TryGetValue(refusal.Id, out var cause) ? cause
            : refusal.Id.Split('.')[0] switch
            {
                "scope" => ConductCause.Scope,
                "switch" or "contract" => ConductCause.Policy,
                _ => ConductCause.Malformed,
            };
    }

    private static FrozenDictionary<string, ConductCause> Rules() => new (ConductCause Cause, Refusal[] Refusals)[]
    {
        (ConductCause.Skew, [TokenRules.AssertionExpired, TokenRules.FromTheFuture, TokenRules.LifetimeTooLong]),
        (ConductCause.Certificate, [TokenRules.CertificateUnregistered, TokenRules.BindingWrong]),
        (ConductCause.Key, [TokenRules.KeyUnknown, TokenRules.AlgorithmUnregistered, TokenRules.KeySetUrlUnregistered, JoseRules.SignatureWrong]),
        (ConductCause.Proof, [TokenRules.DpopInvalid, TokenRules.DpopRequired]),
        (ConductCause.Policy, [TokenRules.ClientInactive]),
        (ConductCause.Stranger, [TokenRules.ClientUnknown]),
        (ConductCause.Replay, [TokenRules.Replayed]),
        (ConductCause.Token, [TokenRules.TokenMissing, TokenRules.TokenInvalid, TokenRules.TokenExpired, TokenRules.TokenRevoked]),
    }.SelectMany(row => row.Refusals, (row, refusal) => (refusal.Id, row.Cause)).ToFrozenDictionary(r => r.Id, r => r.Cause, StringComparer.Ordinal);
}
