namespace Isthmus.Inbound.Listeners;

/// <summary>
/// What all connections of a listener may hold together of frames that are not journalled yet: half-sent ones that have outgrown
/// their connection's first buffer, and whole ones under way. One frame's limit times the connections would be more than a machine has.
/// </summary>
internal sealed class FrameMemory(long bytes)
{
    private long free = bytes;

    /// <summary>Bytes that are not taken; for tests and measurement.</summary>
    public long Free => Interlocked.Read(ref free);

    /// <summary>False when there is not so much left; nothing is taken then.</summary>
    public bool TryTake(long wanted)
    {
        if (Interlocked.Add(ref free, -wanted) >= 0)
        {
            return true;
        }

        Interlocked.Add(ref free, wanted);
        return false;
    }

    public void Return(long taken) => Interlocked.Add(ref free, taken);
}
