using Isthmus.Mediation.Admit;
using Isthmus.Mediation.Alarm;
using Isthmus.Mediation.Commit;
using Isthmus.Mediation.Complete;
using Isthmus.Mediation.Conform;
using Isthmus.Mediation.Identify;
using Isthmus.Mediation.Inbox;
using Isthmus.Mediation.Path;
using Isthmus.Mediation.Read;
using Isthmus.Mediation.Route;
using Isthmus.Mediation.Translate;
using Isthmus.Mediation.Validate;
using Isthmus.Store.Leases;

namespace Isthmus.Mediation;

/// <summary>
/// The way of a message, from the journal to the hand-over. Each stage takes what the one before made; a message that
/// stops leaves the way there, and what was found until then is committed with the others.
/// </summary>
internal sealed class MessagePath(
    Open open,
    Parse parse,
    DetectCritical detectCritical,
    AdmitFields admitFields,
    ValidateMessage validate,
    IdentifyPatient identify,
    TranslateToFhir translate,
    CheckConformance checkConformance,
    CheckCompleteness checkCompleteness,
    RouteToDestinations route,
    CommitBatch commit)
{
    public async Task CarryAsync(IReadOnlyList<Leased> batch, IReadOnlyCollection<LeasedPartition> under, CancellationToken cancellation)
    {
        var trails = batch.Select(m => (Message: m, Trail: new Trail(m))).ToArray();

        try
        {
            var opened = await new Way<Leased>(trails).ThenAsync(open, cancellation);
            var parsed = opened.Then(parse);
            var alarmed = parsed.Then(detectCritical);
            var admitted = alarmed.Then(admitFields);
            var valid = admitted.Then(validate);
            var identified = await valid.ThenAsync(identify, cancellation);
            var translated = identified.Then(translate);
            var conforming = translated.Then(checkConformance);
            var complete = await conforming.ThenAsync(checkCompleteness, cancellation);
            var routed = await complete.ThenAsync(route, cancellation);
            await commit.CommitAsync(CarriedOf(trails, routed), under, cancellation);
        }
        finally
        {
            translate.Release();
        }
    }

    private static Carried[] CarriedOf((Leased Message, Trail Trail)[] trails, Way<Routed> routed)
    {
        var arrived = routed.Travelling.ToDictionary(t => t.Trail, t => t.Context);
        return [.. trails.Select(t => new Carried(t.Trail, arrived.GetValueOrDefault(t.Trail)))];
    }
}
