using System.Diagnostics;

namespace Isthmus.Exchange.Phi;

/// <summary>Bytes that are protected health information: a raw message, a resource, a payload.</summary>
[Phi]
[DebuggerDisplay("[phi, {Length} bytes]")]
public readonly struct PhiBytes(ReadOnlyMemory<byte> value)
{
    private readonly ReadOnlyMemory<byte> value = value;

    public int Length => value.Length;

    /// <summary>The bytes themselves, for code that is entitled to them.</summary>
    public ReadOnlyMemory<byte> Reveal() => value;

    public override string ToString() => $"[phi, {value.Length} bytes]";
}
