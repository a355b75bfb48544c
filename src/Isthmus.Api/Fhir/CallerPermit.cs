using Isthmus.Exchange;
using Isthmus.Records;
using Isthmus.Records.Read;
using Isthmus.Trust.Access;
using Isthmus.Trust.Consent;
using Isthmus.Trust.Consent.Decision;

namespace Isthmus.Api.Fhir;

/// <summary>
/// What a caller may see of what was found: within the searches that its scopes are restricted to, and where the persons' consents let the
/// application of its contract read for the contract's purpose.
/// </summary>
internal sealed class CallerPermit(Admitted admitted, ConsentStore consents, TimeProvider time)
{
    public async Task<IReadOnlyList<bool>> MayReadAsync(IReadOnlyList<StoredResource> found, CancellationToken cancellation)
    {
        var may = found.Select(IsWithinScope).ToArray();

        // What is about nobody needs nobody's consent.
        var persons = found.Where((resource, i) => may[i] && !ResourceTypes.IsShared(resource.Type)).Select(r => r.Person).Distinct().ToList();
        if (persons.Count > 0)
        {
            var directives = await consents.LoadAsync(admitted.Caller!.Tenant, persons, cancellation);
            for (var i = 0; i < may.Length; i++)
            {
                may[i] = may[i] && (ResourceTypes.IsShared(found[i].Type) || Permits(found[i], directives.GetValueOrDefault(found[i].Person, [])));
            }
        }

        return may;
    }

    private bool IsWithinScope(StoredResource found) =>
        !admitted.Decision!.Restrictions.TryGetValue(found.Type, out var restrictions) || RestrictionMatch.Fits(found.Json.Reveal(), restrictions);

    private bool Permits(StoredResource found, IReadOnlyList<Trust.Consent.Directives.ConsentDirective> directives)
    {
        var contract = admitted.Contract!;
        return ConsentDecider.Decide(contract.Policy, directives, new ConsentRequest
        {
            Persons = new HashSet<PersonId> { found.Person },
            Purpose = contract.ConsentPurpose,
            Recipient = [$"Device/{admitted.Caller!.Client}", $"Device/{contract.Name}"],
            Action = "access",
            Data = [ResourceFacts.Of(found)],
            Jurisdiction = contract.Policy?.Jurisdiction ?? string.Empty,
            At = time.GetUtcNow(),
        }).Permits;
    }
}
