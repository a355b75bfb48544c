using System.Threading.Channels;

namespace Isthmus.Store;

/// <summary>
/// Many callers, few commits: items that arrive while a commit is under way travel together in the next one. Groups commit one
/// after the other, in the order of their items.
/// </summary>
/// <remarks>
/// A group waits, though never long, until it is as large as the one before: where callers come independently of one another the
/// groups grow, and a caller who comes alone, or whose next item waits for the last one's answer, is never kept waiting.
/// </remarks>
/// <typeparam name="TItem">What is committed.</typeparam>
/// <typeparam name="TResult">What each caller learns once its item is durable.</typeparam>
public sealed class GroupCommit<TItem, TResult> : IAsyncDisposable
{
    /// <summary>From this many on, what a commit costs is little for each, and waiting for more would only hold those up that came.</summary>
    private const int MostAwaited = 8;

    private static readonly TimeSpan LongestGathering = TimeSpan.FromMilliseconds(4);

    private readonly Channel<Entry> queue;
    private readonly Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TResult>>> commit;
    private readonly int mostPerCommit;
    private readonly ITimer bell;
    private readonly Task writer;
    private Gathering? gathering;

    /// <param name="commit">Commits a group and answers for each item in order. Throws when nothing of the group is durable.</param>
    /// <param name="mostPerCommit">Bounds the group.</param>
    /// <param name="mostWaiting">Bounds the queue; callers wait for room.</param>
    /// <param name="time">Ends the gathering of a group.</param>
    public GroupCommit(
        Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TResult>>> commit,
        int mostPerCommit, int mostWaiting, TimeProvider time)
    {
        this.commit = commit;
        this.mostPerCommit = mostPerCommit;
        ArgumentNullException.ThrowIfNull(time);

        // One for all groups: thousands gather in a second, and few of them as long as they may.
        bell = time.CreateTimer(_ => Volatile.Read(ref gathering)?.End(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        queue = Channel.CreateBounded<Entry>(new BoundedChannelOptions(mostWaiting) { SingleReader = true });
        writer = Task.Run(WriteAsync);
    }

    /// <summary>Returns when the item is durable, or throws what the commit threw.</summary>
    public async Task<TResult> AddAsync(TItem item, CancellationToken cancellation)
    {
        var entry = new Entry(item);
        await queue.Writer.WriteAsync(entry, cancellation);
        Volatile.Read(ref gathering)?.Look(queue.Reader);
        return await entry.Done.Task;
    }

    /// <summary>Commits what waits, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        Volatile.Read(ref gathering)?.End();
        await writer;
        await bell.DisposeAsync();
    }

    private async Task WriteAsync()
    {
        var group = new List<Entry>(mostPerCommit);
        while (await queue.Reader.WaitToReadAsync())
        {
            await GatherAsync(Math.Min(group.Count, MostAwaited));
            group.Clear();
            while (group.Count < mostPerCommit && queue.Reader.TryRead(out var entry))
            {
                group.Add(entry);
            }

            if (group.Count > 0)
            {
                await CommitGroupAsync(group);
            }
        }
    }

    private async Task GatherAsync(int wanted)
    {
        if (queue.Reader.Count >= wanted)
        {
            return;
        }

        var enough = new Gathering(wanted);
        Volatile.Write(ref gathering, enough);
        bell.Change(LongestGathering, Timeout.InfiniteTimeSpan);
        enough.Look(queue.Reader);
        await enough.Ended;
        bell.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Volatile.Write(ref gathering, null);
    }

    private async Task CommitGroupAsync(List<Entry> group)
    {
        try
        {
            var results = await commit([.. group.Select(e => e.Item)]);
            for (var i = 0; i < group.Count; i++)
            {
                group[i].Done.SetResult(results[i]);
            }
        }
        catch (Exception e)
        {
            // Whatever it is, each caller gets it and decides; the writer goes on with the next group.
            foreach (var entry in group)
            {
                entry.Done.TrySetException(e);
            }
        }
    }

    /// <summary>A group that waits until so many are in the queue.</summary>
    private sealed class Gathering(int wanted)
    {
        private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ended => ended.Task;

        public void Look(ChannelReader<Entry> queue)
        {
            if (queue.Count >= wanted)
            {
                End();
            }
        }

        public void End() => ended.TrySetResult();
    }

    private sealed class Entry(TItem item)
    {
        public TItem Item { get; } = item;

        public TaskCompletionSource<TResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
