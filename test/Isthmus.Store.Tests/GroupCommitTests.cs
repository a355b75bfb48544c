using System.Collections.Concurrent;
using Isthmus.Testing;

namespace Isthmus.Store.Tests;

public sealed class GroupCommitTests
{
    [Fact]
    public async Task Items_that_come_during_a_commit_travel_together_in_order()
    {
        var first = new TaskCompletionSource();
        var groups = new ConcurrentQueue<int[]>();
        await using var writer = new GroupCommit<int, int>(
            async items =>
            {
                groups.Enqueue([.. items]);
                await first.Task;
                return [.. items.Select(i => i * 10)];
            },
            mostPerCommit: 4, mostWaiting: 100, TimeProvider.System);

        var lone = writer.AddAsync(0, CancellationToken.None);
        await Eventually.Within(TimeSpan.FromSeconds(5), "the lone item is being committed", () => !groups.IsEmpty);
        var others = Enumerable.Range(1, 9).Select(i => writer.AddAsync(i, CancellationToken.None)).ToArray();
        first.SetResult();

        Assert.Equal(0, await lone);
        Assert.Equal(Enumerable.Range(1, 9).Select(i => i * 10), await Task.WhenAll(others));
        Assert.Equal([[0], [1, 2, 3, 4], [5, 6, 7, 8], [9]], groups.ToArray());
    }

    [Fact]
    public async Task A_group_waits_until_it_is_as_large_as_the_one_before()
    {
        var time = new ManualTime();
        var groups = new ConcurrentQueue<int[]>();
        await using var writer = await AfterAGroupOfThreeAsync(groups, time);

        var earliest = writer.AddAsync(4, CancellationToken.None);
        await IsGatheringAsync(time);
        var company = new[] { writer.AddAsync(5, CancellationToken.None), writer.AddAsync(6, CancellationToken.None) };
        await Task.WhenAll([earliest, .. company]);

        Assert.Equal([4, 5, 6], groups.Last());
        Assert.False(time.HasTimer, "what ended the gathering early is still set");
    }

    [Fact]
    public async Task A_group_that_stays_small_does_not_wait_long_and_the_next_one_not_at_all()
    {
        var time = new ManualTime();
        var groups = new ConcurrentQueue<int[]>();
        await using var writer = await AfterAGroupOfThreeAsync(groups, time);

        var alone = writer.AddAsync(4, CancellationToken.None);
        await IsGatheringAsync(time);
        time.Advance(TimeSpan.FromMilliseconds(3));
        Assert.False(alone.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await alone;
        await writer.AddAsync(5, CancellationToken.None);

        Assert.Equal([[0], [1, 2, 3], [4], [5]], groups.ToArray());
    }

    [Fact]
    public async Task A_group_that_fails_fails_for_its_own_callers_only()
    {
        await using var writer = new GroupCommit<int, int>(
            items => items.Contains(13)
                ? Task.FromException<IReadOnlyList<int>>(new IOException("disk"))
                : Task.FromResult<IReadOnlyList<int>>([.. items]),
            mostPerCommit: 1, mostWaiting: 100, TimeProvider.System);

        var before = writer.AddAsync(1, CancellationToken.None);
        var failing = writer.AddAsync(13, CancellationToken.None);
        var after = writer.AddAsync(2, CancellationToken.None);

        Assert.Equal(1, await before);
        await Assert.ThrowsAsync<IOException>(() => failing);
        Assert.Equal(2, await after);
    }

    [Fact]
    public async Task A_commit_that_answers_for_too_few_fails_those_it_left_out_and_the_writer_goes_on()
    {
        var tooShort = true;
        await using var writer = new GroupCommit<int, int>(
            items => Task.FromResult<IReadOnlyList<int>>(tooShort ? [] : [.. items]), mostPerCommit: 8, mostWaiting: 8, TimeProvider.System);

        await Assert.ThrowsAnyAsync<Exception>(() => writer.AddAsync(1, CancellationToken.None));
        tooShort = false;

        Assert.Equal(2, await writer.AddAsync(2, CancellationToken.None));
    }

    [Fact]
    public async Task A_full_queue_makes_callers_wait_and_they_may_give_up()
    {
        var release = new TaskCompletionSource();
        var underWay = new TaskCompletionSource();
        await using var writer = new GroupCommit<int, int>(
            async items =>
            {
                underWay.TrySetResult();
                await release.Task;
                return [.. items];
            },
            mostPerCommit: 1, mostWaiting: 2, TimeProvider.System);
        var committing = writer.AddAsync(0, CancellationToken.None);
        await underWay.Task;
        Task<int>[] waiting = [writer.AddAsync(1, CancellationToken.None), writer.AddAsync(2, CancellationToken.None)];

        using var patience = new CancellationTokenSource();
        var outside = writer.AddAsync(3, patience.Token);
        Assert.False(outside.IsCompleted);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => outside);
        release.SetResult();

        Assert.Equal(0, await committing);
        Assert.Equal((int[])[1, 2], await Task.WhenAll(waiting));
    }

    [Fact]
    public async Task Closing_commits_what_waits_and_then_takes_no_more()
    {
        var committed = new ConcurrentQueue<int>();
        var writer = new GroupCommit<int, int>(
            items =>
            {
                foreach (var item in items)
                {
                    committed.Enqueue(item);
                }

                return Task.FromResult(items);
            },
            mostPerCommit: 3, mostWaiting: 100, TimeProvider.System);
        var all = Enumerable.Range(0, 20).Select(i => writer.AddAsync(i, CancellationToken.None)).ToArray();

        await writer.DisposeAsync();

        Assert.Equal(Enumerable.Range(0, 20), await Task.WhenAll(all));
        Assert.Equal(Enumerable.Range(0, 20), committed);
        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => writer.AddAsync(99, CancellationToken.None));
    }

    private static Task IsGatheringAsync(ManualTime time) => Eventually.Within(TimeSpan.FromSeconds(5), "the group waits for more", () => time.HasTimer);

    private static async Task<GroupCommit<int, int>> AfterAGroupOfThreeAsync(ConcurrentQueue<int[]> groups, TimeProvider time)
    {
        var first = new TaskCompletionSource();
        var writer = new GroupCommit<int, int>(
            async items =>
            {
                groups.Enqueue([.. items]);
                await first.Task;
                return items;
            },
            mostPerCommit: 100, mostWaiting: 100, time);
        var lone = writer.AddAsync(0, CancellationToken.None);
        await Eventually.Within(TimeSpan.FromSeconds(5), "the lone item is being committed", () => !groups.IsEmpty);
        var three = Enumerable.Range(1, 3).Select(i => writer.AddAsync(i, CancellationToken.None)).ToArray();
        first.SetResult();
        await Task.WhenAll([lone, .. three]);
        return writer;
    }
}
