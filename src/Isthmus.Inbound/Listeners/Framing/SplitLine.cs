using System.Buffers;

namespace Isthmus.Inbound.Listeners.Framing;

/// <summary>A line that arrives in pieces. Its memory grows with what has come, and is given back as soon as the line is whole.</summary>
internal sealed class SplitLine : IDisposable
{
    private const int FirstBytes = 256;

    private byte[] buffer = [];

    public int Length { get; private set; }

    /// <summary>The last byte so far was the line's CR.</summary>
    public bool HasReturn { get; set; }

    public bool IsEmpty => Length == 0;

    public void Add(ReadOnlySpan<byte> piece)
    {
        if (Length + piece.Length > buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstBytes, Math.Max(2 * buffer.Length, Length + piece.Length)));
            buffer.AsSpan(0, Length).CopyTo(larger);
            Return();
            buffer = larger;
        }

        piece.CopyTo(buffer.AsSpan(Length));
        Length += piece.Length;
    }

    /// <summary>The whole line; valid until the next call.</summary>
    public ReadOnlySpan<byte> Join(ReadOnlySpan<byte> last)
    {
        Add(last);
        return buffer.AsSpan(0, Length);
    }

    public void Clear()
    {
        HasReturn = false;
        if (buffer.Length > 0)
        {
            Length = 0;
            Return();
        }
    }

    public void Dispose() => Clear();

    private void Return()
    {
        if (buffer.Length > 0)
        {
            // It may have held a token.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
            buffer = [];
        }
    }
}
