namespace Isthmus.Inbound.Listeners.Framing;

/// <summary>The guard without a connection, so that what it costs can be measured.</summary>
public sealed class FramingProbe : IDisposable
{
    private readonly RequestFraming framing = new(new FramingLimits());

    /// <summary>Judges more bytes of one endless connection; how many of all so far may be handed on.</summary>
    public long Judge(ReadOnlySpan<byte> bytes)
    {
        framing.Judge(bytes);
        return framing.Passed;
    }

    public void Dispose() => framing.Dispose();
}
