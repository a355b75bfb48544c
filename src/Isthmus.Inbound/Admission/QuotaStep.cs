using Isthmus.Trust.Access.Quotas;

namespace Isthmus.Inbound.Admission;

/// <summary>Whether the client is within what its contract gives it for this route and resource type.</summary>
internal sealed class QuotaStep(QuotaBook quotas) : AdmissionStep
{
    public string Name => "quota";

    public bool AsksStore => true;

    public async ValueTask<Refused?> CheckAsync(Passage passage)
    {
        if (passage is not { Caller: { } caller, Contract: { } contract })
        {
            return null;
        }

        var terms = contract.QuotaFor(passage.Route.Name, passage.Resource, caller.Traffic);
        var key = new QuotaKey(
            caller.Tenant, caller.Environment.ToString(), caller.Client, passage.Route.Name, passage.Resource, caller.Traffic);
        var verdict = await quotas.TakeAsync(
            key,
            new QuotaLimit(terms.PerSecond, terms.Burst).Tightened(passage.Route.QuotaShare(passage.Path)),
            contract.CountsAloneWhenUncounted ? WhenUncounted.CountHere : WhenUncounted.Refuse,
            passage.Call.RequestAborted);
        passage.Quota = verdict;
        return verdict.Refusal is not { } refusal ? null
            : new Refused(refusal == QuotaRules.Exceeded ? 429 : 503, refusal, RetryAfter: verdict.RetryAfterField());
    }
}
