using Isthmus.Exchange;
using Isthmus.Store.Leases;

namespace Isthmus.Outbound.Deliveries;

/// <summary>A delivery that is due, as taken from the queue. Its payload is still sealed.</summary>
internal sealed record Delivery
{
    public required long Id { get; init; }

    public required short Tenant { get; init; }

    public required long MessageId { get; init; }

    /// <summary>With the destination, the ordering key.</summary>
    public required PersonId Person { get; init; }

    /// <summary>Position in the order of its key.</summary>
    public required long No { get; init; }

    public required string Purpose { get; init; }

    /// <summary>The contract under which it was queued, as name@version.</summary>
    public required string Contract { get; init; }

    public required string SiteVersion { get; init; }

    /// <summary>Attempts made so far.</summary>
    public required int Attempts { get; init; }

    /// <summary>Crashes of a process that had it in flight.</summary>
    public required int Crashes { get; init; }

    /// <summary>Since it was queued or last replayed, by the database clock.</summary>
    public required TimeSpan Age { get; init; }

    public required DateTime Created { get; init; }

    public required int SealKey { get; init; }

    public required long SealNonce { get; init; }

    public required byte[] SealedPayload { get; init; }

    /// <summary>Whether its key has dead letters, which then must learn what this delivery overtakes.</summary>
    public required bool BehindDead { get; init; }

    /// <summary>For a replayed delivery: what later ones have written since (Type/id), which it must leave alone.</summary>
    public required string[] Overtaken { get; init; }

    /// <summary>The lease under which it may be settled.</summary>
    public required LeasedPartition Lease { get; init; }

    /// <summary>Names it to the partner: the same at every attempt, and never that of another delivery, even of another database.</summary>
    public string Key => string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"{Id}-{(Created - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond:x}");
}
