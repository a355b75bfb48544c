namespace Isthmus.Inbound.Tests.Listeners;

/// <summary>Gives bytes out in pieces of chosen sizes, as a network does; the last size repeats.</summary>
internal sealed class ChunkedStream(byte[] content, IEnumerable<int> sizes) : IncomingStream
{
    private readonly IEnumerator<int> sizes = sizes.GetEnumerator();
    private int at;
    private int size = 1;

    public override int Read(Span<byte> buffer)
    {
        size = sizes.MoveNext() ? sizes.Current : size;
        var count = Math.Min(Math.Min(size, buffer.Length), content.Length - at);
        content.AsSpan(at, count).CopyTo(buffer);
        at += count;
        return count;
    }
}

/// <summary>One frame of so many bytes, without having them anywhere.</summary>
internal sealed class HugeFrame(int length) : IncomingStream
{
    private int sent = -1;

    public override int Read(Span<byte> buffer)
    {
        if (sent < 0)
        {
            sent = 0;
            buffer[0] = 0x0B;
            return 1;
        }

        if (sent >= length)
        {
            ReadOnlySpan<byte> end = [0x1C, 0x0D];
            end.CopyTo(buffer);
            return end.Length;
        }

        var count = Math.Min(buffer.Length, length - sent);
        buffer[..count].Fill((byte)'x');
        sent += count;
        return count;
    }
}

/// <summary>What comes in from a network: to be read, forwards, and nothing else.</summary>
internal abstract class IncomingStream : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Read(buffer.Span));

    public abstract override int Read(Span<byte> buffer);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
