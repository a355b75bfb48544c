namespace Isthmus.Hl7v2;

/// <summary>A stretch of a frame by offset and length, so that it can be kept while the frame moves between buffers.</summary>
public readonly record struct Hl7Slice(int Offset, int Length)
{
    public bool IsEmpty => Length == 0;

    public int End => Offset + Length;

    /// <summary>The bytes as written, escapes unresolved.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> frame) => frame.Slice(Offset, Length);

    public override string ToString() => $"{nameof(Hl7Slice)}({Length} bytes)";
}
