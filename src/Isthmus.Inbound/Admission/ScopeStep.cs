using Isthmus.Exchange.Contracts;
using Isthmus.Trust.Access;
using Isthmus.Trust.Access.Switches;

namespace Isthmus.Inbound.Admission;

/// <summary>Whether the access policy names what the request does, lets this class of application do it, and the token's scopes cover it.</summary>
internal sealed class ScopeStep(Func<SiteModel, AccessPolicy?> policy) : AdmissionStep
{
    public string Name => "scope";

    public ValueTask<Refused?> CheckAsync(Passage passage) => ValueTask.FromResult(CheckAgain(passage));

    public Refused? CheckAgain(Passage passage) => passage.Caller is null ? null : Check(passage);

    private Refused? Check(Passage passage)
    {
        var (caller, contract) = (passage.Caller!, passage.Contract!);
        if (policy(passage.Site) is not { } access)
        {
            return new Refused(403, ScopeRules.PolicyMissing);
        }

        var need = passage.Route.Need!(passage.Request, passage.Path);
        var level = contract.Class == AppClass.Patient ? ScopeLevel.Patient : ScopeLevel.System;
        var decision = access.Decide(contract.Class, level, caller.Scopes, need);
        passage.Decision = decision;
        return decision.Refusal is { } refusal ? new Refused(403, refusal, Challenge: "insufficient_scope")
            : passage.State.Switches.IsOff(caller.Tenant, level, need) ? new Refused(403, SwitchRules.ScopeOff)
            : null;
    }
}
