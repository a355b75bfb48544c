using Isthmus.Store.Leases;

namespace Isthmus.Outbound.Deliveries;

/// <summary>
/// The persons whose head was part of so many crashes that it goes alone, one after the other. They take at most a quarter of the
/// lane's time: most are innocent, and so are all the others.
/// </summary>
internal sealed class Suspects(DeliveryQueue queue, TimeProvider time)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(60);

    private Queue<(short Partition, Guid Person)> waiting = [];
    private long begunAt;
    private TimeSpan pause;

    public bool MayGo => waiting.Count > 0 && time.GetElapsedTime(begunAt) >= pause;

    public async Task LearnAsync(IReadOnlyList<LeasedPartition> held, CancellationToken cancellation) =>
        waiting = new Queue<(short, Guid)>(await queue.SuspectsAsync(held, cancellation));

    /// <summary>Takes the next one's delivery; null if its partition or its turn has gone. End with <see cref="DoneAsync"/>.</summary>
    public async Task<Delivery?> TakeNextAsync(IReadOnlyList<LeasedPartition> held, CancellationToken cancellation)
    {
        begunAt = time.GetTimestamp();
        var (partition, person) = waiting.Dequeue();
        var lease = held.FirstOrDefault(candidate => candidate.Partition == partition);
        return lease.Token > 0 ? await queue.TakeAloneAsync(lease, person, cancellation) : null;
    }

    public async Task DoneAsync(IReadOnlyList<LeasedPartition> held, CancellationToken cancellation)
    {
        // One whose turn had not come, or that failed, is still a suspect.
        if (waiting.Count == 0)
        {
            await LearnAsync(held, cancellation);
        }

        pause = ShortestPause + (time.GetElapsedTime(begunAt) * 3);
    }
}
