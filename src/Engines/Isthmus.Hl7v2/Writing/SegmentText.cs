namespace Isthmus.Hl7v2;

/// <summary>The bytes of one segment while it is written: parts are put in place, what stands around them stays as it is.</summary>
internal sealed class SegmentText
{
    /// <summary>Longer buffers are not kept for the next message.</summary>
    private const int KeptBytes = 64 * 1024;

    private byte[] bytes = new byte[256];

    public int Length { get; private set; }

    /// <summary>How many bytes have been searched for delimiters or moved: what a test of linear writing counts.</summary>
    public long Work { get; private set; }

    public ReadOnlySpan<byte> Bytes => bytes.AsSpan(0, Length);

    public void Start(ReadOnlySpan<byte> text)
    {
        if (bytes.Length > KeptBytes)
        {
            bytes = new byte[256];
        }

        Length = 0;
        Work = 0;
        Replace(0, 0, text);
    }

    /// <summary>Finds a part, making room with delimiters where the text ends before it.</summary>
    /// <param name="start">Where the whole begins; then where the part begins.</param>
    /// <param name="end">Where the whole ends; then where the part ends.</param>
    /// <param name="number">One-based.</param>
    public void Enter(ref int start, ref int end, byte delimiter, int number)
    {
        for (var part = 1; part < number; part++)
        {
            var next = bytes.AsSpan(start, end - start).IndexOf(delimiter);
            Work += next < 0 ? end - start : next + 1;
            if (next < 0)
            {
                var missing = number - part;
                Open(end, missing).Fill(delimiter);
                start = end += missing;
                return;
            }

            start += next + 1;
        }

        var length = bytes.AsSpan(start, end - start).IndexOf(delimiter);
        end = length < 0 ? end : start + length;
    }

    /// <summary>Adds a delimiter so many times at the end.</summary>
    public void Append(byte delimiter, int count) => Open(Length, count).Fill(delimiter);

    public void Replace(int start, int end, ReadOnlySpan<byte> text)
    {
        var more = text.Length - (end - start);
        if (more > 0)
        {
            Open(end, more);
        }
        else if (more < 0)
        {
            bytes.AsSpan(end, Length - end).CopyTo(bytes.AsSpan(end + more));
            Length += more;
        }

        text.CopyTo(bytes.AsSpan(start));
    }

    /// <summary>Moves what follows, and yields the room made.</summary>
    private Span<byte> Open(int at, int count)
    {
        if (Length + count > bytes.Length)
        {
            Array.Resize(ref bytes, Math.Max(Length + count, bytes.Length * 2));
        }

        Work += Length - at;
        bytes.AsSpan(at, Length - at).CopyTo(bytes.AsSpan(at + count));
        Length += count;
        return bytes.AsSpan(at, count);
    }
}
