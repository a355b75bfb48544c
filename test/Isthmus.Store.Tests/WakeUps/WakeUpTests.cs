using Isthmus.Store.Connections;
using Isthmus.Store.WakeUps;
using Isthmus.Testing;

namespace Isthmus.Store.Tests.WakeUps;

public sealed class WakeUpTests(SharedStore shared) : IClassFixture<SharedStore>
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly string zone = SharedStore.NewChannel();
    private readonly TestStore store = shared.Store;

    [Fact]
    public async Task A_ring_ends_the_wait_long_before_the_interval()
    {
        await using var receiver = await ListeningAsync();
        await using var sender = new WakeSender(store.For(ZoneRole.Inbound), zone, TimeProvider.System);

        var next = receiver.NextRing;
        sender.Ring();

        await receiver.WaitAsync(next, Long, CancellationToken.None).WaitAsync(Soon);
        Assert.True(next.IsCompleted);
    }

    [Fact]
    public async Task A_ring_between_looking_and_waiting_is_not_missed()
    {
        await using var receiver = await ListeningAsync();
        await using var sender = new WakeSender(store.For(ZoneRole.Inbound), zone, TimeProvider.System);

        var next = receiver.NextRing;
        sender.Ring();
        await next.WaitAsync(Soon);

        await receiver.WaitAsync(next, Long, CancellationToken.None).WaitAsync(Soon);
    }

    [Fact]
    public async Task Without_a_ring_the_interval_ends_the_wait()
    {
        await using var receiver = await ListeningAsync();
        var next = receiver.NextRing;

        await receiver.WaitAsync(next, TimeSpan.FromMilliseconds(30), CancellationToken.None).WaitAsync(Soon);

        Assert.False(next.IsCompleted);
    }

    [Fact]
    public async Task Thousands_of_rings_are_few_notifications()
    {
        await using var receiver = await ListeningAsync();
        await using var sender = new WakeSender(store.For(ZoneRole.Inbound), zone, TimeProvider.System);
        var began = TimeProvider.System.GetTimestamp();
        var woken = 0;
        var next = receiver.NextRing;
        for (var i = 0; i < 5000; i++)
        {
            sender.Ring();
        }

        while (await Task.WhenAny(next, Task.Delay(200)) == next)
        {
            woken++;
            next = receiver.NextRing;
        }

        // One every 20 ms at the most, plus the one that opens the first interval and the one that closes the last.
        Assert.InRange(woken, 1, (int)(TimeProvider.System.GetElapsedTime(began).TotalMilliseconds / 20) + 2);
    }

    [Fact]
    public async Task Waiting_stops_when_it_is_cancelled()
    {
        await using var receiver = await ListeningAsync();
        using var stopping = new CancellationTokenSource();

        var waiting = receiver.WaitAsync(receiver.NextRing, Long, stopping.Token);
        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task The_receiver_listens_again_after_its_connection_was_cut()
    {
        await using var receiver = await ListeningAsync();
        var afterCut = receiver.NextRing;
        await store.ExecuteAsOwnerAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()");

        // Work may have come while nobody listened: reconnecting rings.
        await afterCut.WaitAsync(Soon);
        await using var sender = new WakeSender(store.For(ZoneRole.Inbound), zone, TimeProvider.System);
        var next = receiver.NextRing;
        sender.Ring();
        await next.WaitAsync(Soon);
    }

    [Fact]
    public async Task Ringing_never_fails_even_when_the_zone_has_closed()
    {
        var sender = new WakeSender(store.For(ZoneRole.Inbound), zone, TimeProvider.System);
        await sender.DisposeAsync();

        sender.Ring();
    }

    private async Task<WakeReceiver> ListeningAsync()
    {
        var receiver = new WakeReceiver(store.For(ZoneRole.Mediation), zone, TimeProvider.System);
        // It rings once when it has begun to listen.
        var first = receiver.NextRing;
        await Eventually.Within(Soon, "the receiver listens", () => first.IsCompleted || receiver.NextRing != first);
        return receiver;
    }
}
