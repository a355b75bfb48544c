using Isthmus.Exchange;

namespace Isthmus.Inbound.Listeners.Http;

/// <summary>A body as it arrives, inside what the listener may hold and not a byte above what a message may have.</summary>
internal sealed class BodyBuffer(FrameMemory memory, int maxBytes)
{
    private byte[] buffer = [];
    private int filled;
    private int held;

    public ReadOnlyMemory<byte> Content => buffer.AsMemory(0, filled);

    /// <summary>Where the next bytes go; never empty, so that the end of the body can be seen.</summary>
    public Memory<byte> Free => buffer.AsMemory(filled);

    /// <summary>Makes the first room; false when the listener has no memory for it.</summary>
    public bool TryReserve(int bytes)
    {
        // One byte more than is due shows that nothing follows.
        var wanted = Math.Max(bytes, 1) + 1;
        if (!memory.TryTake(wanted))
        {
            return false;
        }

        held = wanted;
        buffer = new byte[wanted];
        return true;
    }

    /// <summary>Counts what was read, and makes room for more; what forbids that, or null.</summary>
    public Refusal? Take(int read)
    {
        filled += read;
        if (filled > maxBytes)
        {
            return HttpRules.BodyTooLarge;
        }

        return filled == buffer.Length && !TryGrow() ? HttpRules.NoRoom : null;
    }

    /// <summary>Gives the memory back; the content is no longer valid.</summary>
    public void Return()
    {
        memory.Return(held);
        held = 0;
        buffer = [];
    }

    private bool TryGrow()
    {
        var more = (int)Math.Min(buffer.Length, maxBytes + 1L - buffer.Length);
        if (!memory.TryTake(more))
        {
            return false;
        }

        held += more;
        Array.Resize(ref buffer, buffer.Length + more);
        return true;
    }
}
