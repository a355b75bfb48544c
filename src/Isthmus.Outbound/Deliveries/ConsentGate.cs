using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Exchange.Packs;
using Isthmus.Trust.Consent;
using Isthmus.Trust.Consent.Decision;
using Isthmus.Trust.Consent.Directives;

namespace Isthmus.Outbound.Deliveries;

/// <summary>
/// Decides consent anew at every attempt: under the policy in force now, by the directives read when the delivery was taken, over
/// what the payload really holds.
/// </summary>
internal sealed class ConsentGate(ConsentStore store, TimeProvider time)
{
    /// <summary>The directives of everyone in a batch, in one round trip per tenant.</summary>
    public async Task<IReadOnlyDictionary<PersonId, IReadOnlyList<ConsentDirective>>> LoadAsync(
        IReadOnlyCollection<Delivery> deliveries, CancellationToken cancellation)
    {
        var found = new Dictionary<PersonId, IReadOnlyList<ConsentDirective>>();
        foreach (var tenant in deliveries.GroupBy(delivery => delivery.Tenant))
        {
            foreach (var (person, directives) in await store.LoadAsync(tenant.Key, tenant.Select(delivery => delivery.Person), cancellation))
            {
                found[person] = directives;
            }
        }

        return found;
    }

    public ConsentDecision Decide(
        Delivery delivery, IntegrationContract contract, DestinationTerms terms,
        IReadOnlyList<ConsentDirective> directives, IReadOnlyList<PackedResource> documents) =>
        ConsentDecider.Decide(contract.Policy, directives, new ConsentRequest
        {
            Persons = new HashSet<PersonId> { delivery.Person },
            Purpose = terms.ConsentPurpose,
            Recipient = [terms.Recipient],
            Data = FactsFor(contract.Policy, terms, directives, documents),
            Jurisdiction = contract.Policy.Jurisdiction,
            At = time.GetUtcNow(),
        });

    private static IReadOnlyList<DataFacts> FactsFor(
        ConsentPolicy policy, DestinationTerms terms, IReadOnlyList<ConsentDirective> directives, IReadOnlyList<PackedResource> documents) =>
        ConsentDecider.Needs(policy, terms.ConsentPurpose, directives) switch
        {
            FactsNeeded.None => [],
            FactsNeeded.Labels => PayloadFacts.LabelsOf(documents, terms.Form),
            _ => PayloadFacts.Of(documents, terms.Form),
        };
}
