using System.Buffers.Binary;

namespace Isthmus.Simulators.Effects;

/// <summary>
/// Short digests for counting: is this the same content as before, have we seen this name.
/// Fast and stable across restarts, not cryptographic: nothing here defends against an adversary.
/// </summary>
internal static class Fingerprint
{
    // Odd constants with their bits well spread (fractional parts of square roots of primes).
    private const ulong ContentSeed = 0x6A09E667F3BCC909;
    private const ulong UpperSeed = 0xBB67AE8584CAA73B;
    private const ulong LowerSeed = 0x3C6EF372FE94F82B;
    private const ulong Stir = 0xA54FF53A5F1D36F1;

    public static ulong OfContent(ReadOnlySpan<byte> bytes) => Digest(bytes, ContentSeed);

    public static UInt128 OfName(ReadOnlySpan<byte> name) =>
        new(Digest(name, UpperSeed), Digest(name, LowerSeed));

    private static ulong Digest(ReadOnlySpan<byte> bytes, ulong seed)
    {
        var state = seed ^ (ulong)bytes.Length;
        while (bytes.Length >= 16)
        {
            state = Fold(
                BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ Stir,
                BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]) ^ state);
            bytes = bytes[16..];
        }

        Span<byte> tail = stackalloc byte[16];
        tail.Clear();
        bytes.CopyTo(tail);
        state = Fold(
            BinaryPrimitives.ReadUInt64LittleEndian(tail) ^ seed,
            BinaryPrimitives.ReadUInt64LittleEndian(tail[8..]) ^ state);
        return Fold(state ^ Stir, seed);
    }

    private static ulong Fold(ulong left, ulong right)
    {
        var upper = Math.BigMul(left, right, out var lower);
        return upper ^ lower;
    }
}
