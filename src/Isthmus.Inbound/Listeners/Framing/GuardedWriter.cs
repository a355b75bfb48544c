using System.IO.Pipelines;

namespace Isthmus.Inbound.Listeners.Framing;

/// <summary>
/// What the server writes, unchanged. Only the end is put off after a refusal: closing while the client still sends would reset the
/// connection and take the answer from it.
/// </summary>
internal sealed class GuardedWriter(PipeWriter inner, RequestFraming framing) : PipeWriter
{
    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(source, cancellationToken);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null)
    {
        if (framing.Refusal is null)
        {
            inner.Complete(exception);
        }
    }
}
