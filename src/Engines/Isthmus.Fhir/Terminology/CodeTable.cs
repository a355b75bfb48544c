using System.Buffers.Binary;

namespace Isthmus.Fhir.Terminology;

/// <summary>
/// Codes in one hash table over UTF-8: open addressing, the texts in one array. Fixed once made from definitions, so nobody who
/// sends messages can make its chains longer.
/// </summary>
internal sealed class CodeTable
{
    private readonly int[] slots;
    private readonly Entry[] entries;
    private readonly byte[] texts;
    private readonly int mask;

    /// <param name="codes">Each with the number of its system.</param>
    public CodeTable(IReadOnlyList<(int System, byte[] Code)> codes)
    {
        slots = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, codes.Count * 2))];
        mask = slots.Length - 1;
        entries = new Entry[codes.Count];
        texts = new byte[codes.Sum(code => code.Code.Length)];
        var end = 0;
        for (var i = 0; i < codes.Count; i++)
        {
            var (system, code) = codes[i];
            code.CopyTo(texts, end);
            var hash = Hash(system, code);
            entries[i] = new Entry(hash, system, end, code.Length);
            end += code.Length;
            var slot = (int)hash & mask;
            while (slots[slot] != 0)
            {
                slot = (slot + 1) & mask;
            }

            slots[slot] = i + 1;
        }
    }

    /// <summary>The position of the code in the list the table was made from, or -1.</summary>
    public int Find(int system, ReadOnlySpan<byte> code)
    {
        var hash = Hash(system, code);
        for (var slot = (int)hash & mask; slots[slot] != 0; slot = (slot + 1) & mask)
        {
            ref readonly var entry = ref entries[slots[slot] - 1];
            if (entry.Hash == hash && entry.System == system && texts.AsSpan(entry.Start, entry.Length).SequenceEqual(code))
            {
                return slots[slot] - 1;
            }
        }

        return -1;
    }

    private static uint Hash(int system, ReadOnlySpan<byte> code)
    {
        const ulong Odd = 0x9E3779B97F4A7C15;
        var hash = ((ulong)(uint)code.Length << 32 | (uint)system) * Odd;
        while (code.Length >= 8)
        {
            hash = System.Numerics.BitOperations.RotateLeft(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(code), 29) * Odd;
            code = code[8..];
        }

        foreach (var b in code)
        {
            hash = (hash ^ b) * 0x100000001B3;
        }

        return (uint)((hash ^ (hash >> 29)) * Odd >> 32);
    }

    private readonly record struct Entry(uint Hash, int System, int Start, int Length);
}
