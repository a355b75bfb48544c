using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Exchange.Ledger;
using Isthmus.Exchange.Packs;
using Isthmus.Exchange.Phi;
using Isthmus.Mediation.Complete;
using Isthmus.Mediation.Path;
using Isthmus.Mediation.Translate;
using Isthmus.Records;
using Isthmus.Records.Commit;
using Isthmus.Trust.Consent;
using Isthmus.Trust.Consent.Decision;
using Isthmus.Trust.Consent.Directives;
using Isthmus.Trust.Keys;

namespace Isthmus.Mediation.Route;

/// <summary>A message with its record pack and, per destination, what consent says and what would be sent.</summary>
internal sealed record Routed(Translated Translated, PackDraft Pack, IReadOnlyList<PreparedDelivery> Deliveries);

/// <summary>One destination of a message: the decision, and the payload where it permits.</summary>
/// <param name="Payload">Compressed pack; empty where denied: what may not be sent is not even made.</param>
internal sealed record PreparedDelivery(DestinationTerms Terms, ConsentDecision Decision, PhiBytes Payload)
{
    public bool IsPermitted => Decision.Effect == ConsentEffect.Permit;
}

/// <summary>
/// Per destination of the contract: decides consent for its purpose and makes the payload that its fields allow.
/// Outbound decides again at every attempt.
/// </summary>
internal sealed class RouteToDestinations(ConsentStore consents, short tenant, byte[] pseudonymKey, TimeProvider time)
    : PreparedStage<Completed, Routed>
{
    private IReadOnlyDictionary<PersonId, IReadOnlyList<ConsentDirective>> directives =
        new Dictionary<PersonId, IReadOnlyList<ConsentDirective>>();

    /// <summary>Terms change with the site; those of versions gone by need not be kept.</summary>
    private const int MostMinimisers = 256;

    private static readonly JsonSerializerOptions DecisionShape = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly Dictionary<DestinationTerms, Minimiser> minimisers = new(ReferenceEqualityComparer.Instance);

    public string Name => "route";

    public async Task PrepareAsync(IReadOnlyList<Completed> contexts, CancellationToken cancellation) =>
        directives = await consents.LoadAsync(tenant, [.. contexts.Select(c => c.Translated.Identified.Person).Distinct()], cancellation);

    public Verdict<Routed> Run(Completed complete, Trail trail)
    {
        var context = complete.Translated;
        var contract = context.Identified.Valid.Admitted.Opened.Contract;
        var person = context.Identified.Person;
        trail.DecidedBy = contract.Policy.Id;
        var pack = PackDraft.Of(trail.Message.Id, person, context.Resources);
        var deliveries = new List<PreparedDelivery>(contract.Destinations.Count);
        var theirs = directives.TryGetValue(person, out var known) ? known : [];
        foreach (var terms in contract.Destinations)
        {
            var decision = ConsentDecider.Decide(
                contract.Policy,
                theirs,
                new ConsentRequest
                {
                    Persons = new HashSet<PersonId> { person },
                    Purpose = terms.ConsentPurpose,
                    Recipient = [terms.Recipient],
                    Data = DataInQuestion.Of(context.Resources, terms, ConsentDecider.Needs(contract.Policy, terms.ConsentPurpose, theirs)),
                    Jurisdiction = contract.Policy.Jurisdiction,
                    At = time.GetUtcNow(),
                });
            trail.Owe(DecisionEvent(trail, person, terms, decision));
            if (decision.Effect != ConsentEffect.Permit)
            {
                deliveries.Add(new PreparedDelivery(terms, decision, default));
            }
            else if (PayloadFor(trail, terms, pack, context.Resources) is { } payload)
            {
                deliveries.Add(new PreparedDelivery(terms, decision, payload));
            }
        }

        return new Routed(context, pack, deliveries);
    }

    /// <summary>
    /// The payload of one destination from the resources that may still go; null where none can be made of them, which a finding and
    /// a signal then tell.
    /// </summary>
    public PhiBytes? PayloadFor(Trail trail, DestinationTerms terms, PackDraft pack, IReadOnlyList<ResourceDraft> resources)
    {
        if (trail.Message.Site.Site.Destinations.GetValueOrDefault(terms.Name) is { Kind: ConnectorKind.Mllp } receiver)
        {
            return MessagePayload.Write(trail, receiver, resources, time.GetUtcNow());
        }

        if (terms.Form == PayloadForm.Full)
        {
            // The very pack that is stored, so it is compressed once.
            return ReferenceEquals(resources, pack.Resources) ? pack.Compressed : PackDraft.Of(pack.MessageId, pack.Person, resources).Compressed;
        }

        return MinimiserFor(terms).Minimise(resources, $"message-{pack.MessageId}");
    }

    private Minimiser MinimiserFor(DestinationTerms terms)
    {
        if (!minimisers.TryGetValue(terms, out var minimiser))
        {
            if (minimisers.Count >= MostMinimisers)
            {
                minimisers.Clear();
            }

            minimiser = new Minimiser(terms, pseudonymKey);
            minimisers.Add(terms, minimiser);
        }

        return minimiser;
    }

    private static LedgerEvent DecisionEvent(Trail trail, PersonId person, DestinationTerms terms, ConsentDecision decision) => new(
        LedgerKinds.ConsentDecided, "mediation", trail.Message.Id, person,
        JsonSerializer.Serialize(new
        {
            destination = terms.Name,
            purpose = terms.ConsentPurpose,
            effect = decision.Effect == ConsentEffect.Permit ? "permit" : "deny",
            reason = decision.Reason,
            policy = decision.PolicyVersion,
            // Where none decided, as for treatment, the event says the same words for everybody, which the ledger stores once.
            consents = decision.ConsentVersions.Count > 0 ? decision.ConsentVersions : null,
        }, DecisionShape));
}
