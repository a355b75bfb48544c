using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Isthmus.Inbound.Listeners.Framing;

/// <summary>
/// What the server reads of a connection: the bytes themselves, not a copy, as far as the framing has passed them. When a request is
/// refused, the server first answers those before it, and as soon as it asks for the next one is told that there is none.
/// </summary>
/// <param name="answer">Answers the refused request in the server's place; called when the server has nothing left to answer.</param>
internal sealed class GuardedReader(
    PipeReader inner, RequestFraming framing, FramingLimits limits, TimeProvider time, Func<FramingRefusal, ValueTask> answer) : PipeReader
{
    /// <summary>
    /// What the server is given where chunks break, for it would take a mere end for a client that has gone, and answer nothing. It is
    /// neither the size of a chunk nor the end of one.
    /// </summary>
    private static readonly byte[] NoChunk = "!!"u8.ToArray();

    /// <summary>The last read as it came, passed or not.</summary>
    private ReadOnlySequence<byte> held;
    private bool isReading;

    /// <summary>Where in the connection what is held begins, and up to where the server has looked.</summary>
    private long start;
    private long seen;

    /// <summary>Since when a head has been waited for; 0 while none is.</summary>
    private long waitingSince;
    private readonly long opened = time.GetTimestamp();
    private volatile bool isTooSlow;
    private bool isAnswered;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (IsAtEnd)
        {
            return EndAsync();
        }

        var reading = inner.ReadAsync(cancellationToken);
        if (!reading.IsCompletedSuccessfully)
        {
            return WaitAsync(reading, cancellationToken);
        }

        return TryPass(reading.Result, out var passed) ? new ValueTask<ReadResult>(passed) : WaitAsync(null, cancellationToken);
    }

    public override bool TryRead(out ReadResult result)
    {
        result = default;
        return !IsAtEnd && inner.TryRead(out var read) && TryPass(read, out result);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (!isReading)
        {
            return; // the end, of which nothing is kept
        }

        isReading = false;
        var from = start;
        start = from + held.Slice(held.Start, consumed).Length;
        seen = Math.Max(seen, from + held.Slice(held.Start, examined).Length);

        // What is held back was looked at here: only further bytes can change anything.
        var wantsMore = seen == framing.Passed && !framing.IsOver;
        inner.AdvanceTo(consumed, wantsMore ? held.End : examined);
        held = default;
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        // The guard reads on, or its owner completes.
    }

    /// <summary>Called about once a second, from any thread: a head that dribbles in, or a first one that never begins, is not waited for.</summary>
    public void CheckTime()
    {
        var since = Volatile.Read(ref waitingSince);
        if (since != 0 ? time.GetElapsedTime(since) > limits.HeadWithin : framing.Judged == 0 && time.GetElapsedTime(opened) > limits.FirstWithin)
        {
            isTooSlow = true;
            inner.CancelPendingRead();
        }
    }

    /// <summary>Everything passed was consumed and nothing more will pass.</summary>
    private bool IsAtEnd => framing.IsOver && start == framing.Passed;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> WaitAsync(ValueTask<ReadResult>? reading, CancellationToken cancellationToken)
    {
        while (!IsAtEnd)
        {
            if (waitingSince == 0 && framing.IsInHead)
            {
                Volatile.Write(ref waitingSince, time.GetTimestamp());
            }

            if (TryPass(await (reading ?? inner.ReadAsync(cancellationToken)), out var passed))
            {
                return passed;
            }

            reading = null;
        }

        return await EndAsync();
    }

    /// <summary>Judges what has come; false when the server need not hear of it.</summary>
    private bool TryPass(in ReadResult read, out ReadResult passed)
    {
        held = read.Buffer;
        isReading = true;
        foreach (var piece in held.Slice(framing.Judged - start))
        {
            framing.Judge(piece.Span);
        }

        var isOurs = read.IsCanceled && isTooSlow;
        if (isOurs)
        {
            isTooSlow = false;
            if (framing.IsInHead)
            {
                framing.Refuse(FramingRules.HeadTooSlow);
            }
            else if (framing.Judged == 0)
            {
                // Nobody has asked, so nobody is answered.
                framing.End();
            }
        }

        if (!framing.IsInHead)
        {
            Volatile.Write(ref waitingSince, 0);
        }

        var open = held.Slice(0, framing.Passed - start);
        var isEnd = framing.IsOver ? seen == framing.Passed : read.IsCompleted;
        var isCanceled = read.IsCanceled && !isOurs;
        passed = new ReadResult(open, isCanceled, isEnd);
        if (isCanceled || framing.Passed > seen || (isEnd && !(framing.IsUnanswered && open.IsEmpty)))
        {
            return true;
        }

        // Nothing that the server has not seen.
        isReading = false;
        inner.AdvanceTo(held.Start, held.End);
        held = default;
        return false;
    }

    private async ValueTask<ReadResult> EndAsync()
    {
        if (framing.Refusal is { } refusal && !isAnswered)
        {
            isAnswered = true;
            if (!framing.IsUnanswered)
            {
                return new ReadResult(new ReadOnlySequence<byte>(NoChunk), isCanceled: false, isCompleted: false);
            }

            await answer(refusal);
        }

        return new ReadResult(ReadOnlySequence<byte>.Empty, isCanceled: false, isCompleted: true);
    }
}
