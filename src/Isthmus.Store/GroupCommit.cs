using System.Threading.Channels;

namespace Isthmus.Store;

/// <summary>
/// Many callers, few commits: items that arrive while a commit is under way travel together in the next one.
/// There is no timer; an idle writer commits a lone item at once. Groups commit one after the other, in the order of their items.
/// </summary>
/// <typeparam name="TItem">What is committed.</typeparam>
/// <typeparam name="TResult">What each caller learns once its item is durable.</typeparam>
public sealed class GroupCommit<TItem, TResult> : IAsyncDisposable
{
    private readonly Channel<Entry> queue;
    private readonly Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TResult>>> commit;
    private readonly int mostPerCommit;
    private readonly Task writer;

    /// <param name="commit">Commits a group and answers for each item in order. Throws when nothing of the group is durable.</param>
    /// <param name="mostPerCommit">Bounds the group.</param>
    /// <param name="mostWaiting">Bounds the queue; callers wait for room.</param>
    public GroupCommit(
        Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TResult>>> commit,
        int mostPerCommit, int mostWaiting)
    {
        this.commit = commit;
        this.mostPerCommit = mostPerCommit;
        queue = Channel.CreateBounded<Entry>(new BoundedChannelOptions(mostWaiting) { SingleReader = true });
        writer = Task.Run(WriteAsync);
    }

    /// <summary>Returns when the item is durable, or throws what the commit threw.</summary>
    public async Task<TResult> AddAsync(TItem item, CancellationToken cancellation)
    {
        var entry = new Entry(item);
        await queue.Writer.WriteAsync(entry, cancellation);
        return await entry.Done.Task;
    }

    /// <summary>Commits what waits, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await writer;
    }

    private async Task WriteAsync()
    {
        var group = new List<Entry>(mostPerCommit);
        while (await queue.Reader.WaitToReadAsync())
        {
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

    private sealed class Entry(TItem item)
    {
        public TItem Item { get; } = item;

        public TaskCompletionSource<TResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
