using System.Buffers;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Isthmus.Simulators.Effects;

/// <summary>
/// The counterpart's durable memory: an append-only file of <see cref="EffectBlock"/>s. A request's effect is on disk (fsync)
/// before <see cref="AppendAsync"/> returns; requests that arrive during one flush share the next. Reopening replays the
/// file and cuts off a torn tail.
/// </summary>
internal sealed class EffectLog : IAsyncDisposable
{
    /// <summary>
    /// A block goes to disk when it holds this many requests, or this long after its first: the disk's flushes are shared with the
    /// product under load.
    /// </summary>
    private const int EnoughRecords = 32;
    private static readonly TimeSpan LongestGathering = TimeSpan.FromMilliseconds(2);

    private readonly Lock gate = new();
    private readonly SemaphoreSlim work = new(0);
    private readonly EffectTable table = new();
    private readonly List<long> blockStarts = [];
    private readonly SafeFileHandle file;
    private readonly TimeProvider time;
    private readonly Thread flusher;
    private Gathering gathering = new();
    private Gathering idle = new();
    private Task flushing = Task.CompletedTask;
    private long end;
    private long sequence;
    private bool closing;

    private EffectLog(SafeFileHandle file, TimeProvider time)
    {
        this.file = file;
        this.time = time;
        flusher = new Thread(FlushUntilClosed) { IsBackground = true, Name = "effect log" };
    }

    /// <summary>Requests that took effect so far.</summary>
    public long Sequence => Volatile.Read(ref sequence);

    public static EffectLog Open(string path, TimeProvider time)
    {
        // FileShare.None: a second simulator on the same folder fails here instead of mixing its effects in.
        var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        var log = new EffectLog(file, time);
        log.Replay();
        log.flusher.Start();
        return log;
    }

    /// <summary>Applies a request and waits until it is on disk. Answers what it did to each of its names, in order.</summary>
    public async Task<Effect[]> AppendAsync(Draft draft)
    {
        var effects = new Effect[draft.Count];
        Task durable;
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closing, this);
            var bodyOffset = gathering.Bodies.WrittenCount;
            for (var i = 0; i < effects.Length; i++)
            {
                ref readonly var item = ref draft.Items[i];
                effects[i] = table.Apply(
                    item.Key, item.Content, new ContentPlace(blockStarts.Count, bodyOffset + item.Start, item.Length));
            }

            if (draft.Delivery.Length > 0)
            {
                table.Deliver(Fingerprint.OfName(draft.Delivery));
            }

            gathering.Bodies.Write(draft.Body);
            EffectRecord.Write(gathering.Index, ++sequence, time.GetUtcNow(), draft, bodyOffset, effects);
            if (++gathering.Records is 1 or EnoughRecords)
            {
                work.Release();
            }

            durable = gathering.Durable.Task;
        }

        await durable;
        return effects;
    }

    /// <summary>Waits until everything applied so far is on disk.</summary>
    public Task SettleAsync()
    {
        lock (gate)
        {
            return gathering.Records > 0 ? gathering.Durable.Task : flushing;
        }
    }

    public EffectTotals Totals()
    {
        lock (gate)
        {
            return new EffectTotals(
                sequence, table.Names, table.Changes, table.Repeats, table.Deliveries, table.RepeatedDeliveries);
        }
    }

    public bool TryGet(ReadOnlySpan<byte> name, out EffectState state)
    {
        lock (gate)
        {
            return table.TryGet(Fingerprint.OfName(name), out state);
        }
    }

    /// <summary>How many transactions took effect under a delivery key.</summary>
    public int DeliveryCount(string delivery)
    {
        lock (gate)
        {
            return table.DeliveryCount(Fingerprint.OfName(Encoding.UTF8.GetBytes(delivery)));
        }
    }

    /// <summary>Every request on disk, oldest first.</summary>
    public IEnumerable<EffectRecord> Records()
    {
        for (var block = 0; TryStart(block, out var start); block++)
        {
            var header = ReadHeader(start);
            var index = ReadBytes(start + EffectBlock.HeaderLength, header.IndexLength);
            foreach (var record in EffectRecord.ReadAll(index, header.Records))
            {
                yield return record;
            }
        }
    }

    /// <summary>The requests on disk that <paramref name="wanted"/> asks for, with their bodies, oldest first.</summary>
    public IEnumerable<(EffectRecord Record, ReadOnlyMemory<byte> Body)> Received(Func<EffectRecord, bool> wanted)
    {
        for (var block = 0; TryStart(block, out var start); block++)
        {
            var header = ReadHeader(start);
            var index = ReadBytes(start + EffectBlock.HeaderLength, header.IndexLength);
            byte[]? bodies = null;
            foreach (var record in EffectRecord.ReadAll(index, header.Records).Where(wanted))
            {
                bodies ??= ReadBodies(start, header);
                yield return (record, bodies.AsMemory(record.BodyOffset, record.BodyLength));
            }
        }
    }

    /// <summary>The content at a place, once it is on disk.</summary>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(ContentPlace place)
    {
        long start;
        while (!TryStart(place.Block, out start))
        {
            await SettleAsync();
        }

        return ReadBodies(start, ReadHeader(start)).AsMemory(place.Offset, place.Length);
    }

    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            if (closing)
            {
                return;
            }

            closing = true;
            // One to end a gathering, one to find nothing more.
            work.Release(2);
        }

        await Task.Run(flusher.Join);
        work.Dispose();
        file.Dispose();
    }

    private void FlushUntilClosed()
    {
        var block = new ArrayBufferWriter<byte>(1 << 20);
        using var scratch = new MemoryStream(1 << 20);
        while (true)
        {
            work.Wait();
            work.Wait(LongestGathering);
            Gathering full;
            lock (gate)
            {
                full = gathering;
                if (full.Records == 0)
                {
                    if (closing)
                    {
                        return;
                    }

                    continue;
                }

                idle.Clear();
                (gathering, idle) = (idle, full);
                flushing = full.Durable.Task;
                blockStarts.Add(end);
            }

            try
            {
                EffectBlock.Write(block, full.Index.WrittenSpan, full.Bodies.WrittenSpan, full.Records, scratch);
                RandomAccess.Write(file, block.WrittenSpan, end);
                RandomAccess.FlushToDisk(file);
            }
            catch (IOException failure)
            {
                // Whether the block reached the disk is unknown: answer nobody, apply nothing more.
                lock (gate)
                {
                    closing = true;
                    full.Durable.SetException(failure);
                    gathering.Durable.TrySetException(failure);
                }

                return;
            }

            lock (gate)
            {
                end += block.WrittenCount;
            }

            full.Durable.SetResult();
        }
    }

    private void Replay()
    {
        var length = RandomAccess.GetLength(file);
        while (end < length)
        {
            var header = ReadHeader(end);
            if (header.Length == 0 || end + header.Length > length)
            {
                break;
            }

            var block = ReadBytes(end, (int)header.Length);
            if (!EffectBlock.ChecksumHolds(block, header))
            {
                break;
            }

            foreach (var record in EffectRecord.ReadAll(block[EffectBlock.HeaderLength..], header.Records))
            {
                Replay(record);
            }

            blockStarts.Add(end);
            end += header.Length;
        }

        if (end < length)
        {
            RandomAccess.SetLength(file, end);
            RandomAccess.FlushToDisk(file);
        }
    }

    private void Replay(EffectRecord record)
    {
        sequence = record.Sequence;
        foreach (var item in record.Items)
        {
            table.Apply(
                Fingerprint.OfName(Encoding.UTF8.GetBytes(item.Name)),
                item.Content,
                new ContentPlace(blockStarts.Count, item.Offset, item.Length));
        }

        if (record.Delivery.Length > 0)
        {
            table.Deliver(Fingerprint.OfName(Encoding.UTF8.GetBytes(record.Delivery)));
        }
    }

    /// <summary>Where a block starts, if all of it is on disk.</summary>
    private bool TryStart(int block, out long start)
    {
        lock (gate)
        {
            start = block < blockStarts.Count ? blockStarts[block] : long.MaxValue;
            return start < end;
        }
    }

    /// <summary>The header at an offset; of length 0 where none stands whole.</summary>
    private EffectBlockHeader ReadHeader(long start)
    {
        Span<byte> bytes = stackalloc byte[EffectBlock.HeaderLength];
        var read = RandomAccess.Read(file, bytes, start);
        return EffectBlock.TryReadHeader(bytes[..read], out var header) ? header : default;
    }

    private byte[] ReadBodies(long start, in EffectBlockHeader header) => EffectBlock.Inflate(
        ReadBytes(start + EffectBlock.HeaderLength + header.IndexLength, header.StoredLength), header.BodiesLength);

    private byte[] ReadBytes(long start, int length)
    {
        var bytes = new byte[length];
        for (var filled = 0; filled < length;)
        {
            var read = RandomAccess.Read(file, bytes.AsSpan(filled), start + filled);
            if (read == 0)
            {
                throw new EndOfStreamException("The effect log is shorter than its blocks say.");
            }

            filled += read;
        }

        return bytes;
    }

    /// <summary>The requests collected for the next block.</summary>
    private sealed class Gathering
    {
        public ArrayBufferWriter<byte> Index { get; } = new(1 << 16);

        public ArrayBufferWriter<byte> Bodies { get; } = new(1 << 20);

        public int Records { get; set; }

        public TaskCompletionSource Durable { get; private set; } = Settled();

        public void Clear()
        {
            Index.ResetWrittenCount();
            Bodies.ResetWrittenCount();
            Records = 0;
            Durable = Settled();
        }

        private static TaskCompletionSource Settled() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>The counts over all names and delivery keys.</summary>
/// <param name="Transactions">Requests that took effect.</param>
/// <param name="Names">Distinct resources or events.</param>
/// <param name="Changes">Contents that made a new version.</param>
/// <param name="Repeats">Contents that were the same as before.</param>
/// <param name="Deliveries">Distinct delivery keys.</param>
/// <param name="RepeatedDeliveries">Transactions under a delivery key that had already taken effect.</param>
internal sealed record EffectTotals(
    long Transactions, int Names, long Changes, long Repeats, int Deliveries, long RepeatedDeliveries);
