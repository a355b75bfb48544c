using Isthmus.Trust.Consent.Directives;

namespace Isthmus.Outbound.Deliveries;

/// <summary>
/// The first deliveries of one person's queue, taken together with the consents on file: the next is sent only once the one before
/// is settled, and a failure gives the rest back.
/// </summary>
internal sealed class Chain(IReadOnlyList<Delivery> deliveries, IReadOnlyList<ConsentDirective> consents, long takenAt)
{
    private int position;

    public Guid Person => deliveries[0].Person.Value;

    public Delivery Current => deliveries[position];

    public IReadOnlyList<ConsentDirective> Consents => consents;

    /// <summary>When deliveries and consents were read, as a timestamp of the clock.</summary>
    public long TakenAt => takenAt;

    /// <summary>Ids of what is not settled yet.</summary>
    public IEnumerable<long> Held => deliveries.Skip(position).Select(delivery => delivery.Id);

    /// <summary>Goes on to the next delivery; false if there is none.</summary>
    public bool MoveOn() => ++position < deliveries.Count;
}
