using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Isthmus.Inbound.Admission;

/// <summary>
/// The body of an answer, held back until what must be durable before its first byte is. Small answers are held whole, so that one that
/// may not leave is replaced by a refusal; a large one is let go as soon as it may, and then streams.
/// </summary>
internal sealed class HeldBody(Stream inner, int most, Func<Task> release) : Stream
{
    private readonly MemoryStream held = new();

    /// <summary>Whether bytes have left.</summary>
    public bool IsReleased { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>What is held.</summary>
    public ReadOnlyMemory<byte> Held => held.GetBuffer().AsMemory(0, (int)held.Length);

    /// <summary>Puts a held body before the answer's own.</summary>
    /// <param name="most">Held at most; what is larger is released on the way.</param>
    /// <param name="release">Completes when bytes may leave; what it throws keeps them.</param>
    public static HeldBody Before(HttpContext call, int most, Func<Task> release)
    {
        var body = new HeldBody(call.Response.Body, most, release);
        call.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body, call.Features.GetRequiredFeature<IHttpResponseBodyFeature>()));
        return body;
    }

    /// <summary>Forgets what is held; for an answer in its place.</summary>
    public void Discard() => held.SetLength(0);

    /// <summary>Lets what is held leave, once it may.</summary>
    public async Task FinishAsync(CancellationToken cancellation)
    {
        if (!IsReleased)
        {
            await release();
            IsReleased = true;
        }

        if (held.Length > 0)
        {
            await inner.WriteAsync(Held, cancellation);
            Discard();
        }
    }

    /// <summary>Lets what is held leave without further conditions; for refusals.</summary>
    public void Free() => IsReleased = true;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!IsReleased && held.Length + buffer.Length <= most)
        {
            held.Write(buffer.Span);
            return;
        }

        await FinishAsync(cancellationToken);
        await inner.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>What is held stays held: a flush of a handler does not make anything durable.</summary>
    public override Task FlushAsync(CancellationToken cancellationToken) => IsReleased ? inner.FlushAsync(cancellationToken) : Task.CompletedTask;

    public override void Flush()
    {
    }

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Answers are written asynchronously.");

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            held.Dispose();
        }

        base.Dispose(disposing);
    }
}
