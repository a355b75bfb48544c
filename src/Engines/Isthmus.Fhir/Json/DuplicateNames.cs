using System.Buffers;
using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Json;

/// <summary>
/// Finds a property that occurs twice in one object. Small objects are compared pairwise; large ones by sorted hashes,
/// so that an object of a million properties costs no quadratic time.
/// </summary>
internal static class DuplicateNames
{
    /// <summary>Pairwise comparison of so many names is faster than hashing them.</summary>
    private const int Few = 24;

    /// <summary>The second of two equally named properties, or -1.</summary>
    public static int FindIn(FhirTape tape, int parent)
    {
        var count = 0;
        for (var child = tape.Nodes[parent].First; child >= 0; child = tape.Nodes[child].Next)
        {
            for (var other = tape.Nodes[parent].First; count < Few && other != child; other = tape.Nodes[other].Next)
            {
                if (SameName(tape, child, other))
                {
                    return child;
                }
            }

            count++;
        }

        return count <= Few ? FhirNode.None : FindByHash(tape, parent, count);
    }

    private static int FindByHash(FhirTape tape, int parent, int count)
    {
        var keys = ArrayPool<long>.Shared.Rent(count);
        try
        {
            var filled = 0;
            for (var child = tape.Nodes[parent].First; child >= 0; child = tape.Nodes[child].Next)
            {
                keys[filled++] = ((long)Hash(tape, child) << 32) | (uint)child;
            }

            Array.Sort(keys, 0, filled);
            for (var i = 1; i < filled; i++)
            {
                for (var j = i - 1; j >= 0 && keys[j] >> 32 == keys[i] >> 32; j--)
                {
                    if (SameName(tape, (int)keys[i], (int)keys[j]))
                    {
                        return (int)keys[i];
                    }
                }
            }

            return FhirNode.None;
        }
        finally
        {
            ArrayPool<long>.Shared.Return(keys);
        }
    }

    private static int Hash(FhirTape tape, int index)
    {
        // Seeded per process, so that colliding names cannot be chosen from outside.
        var hash = default(HashCode);
        hash.AddBytes(FullName(tape, index));
        return hash.ToHashCode();
    }

    private static bool SameName(FhirTape tape, int left, int right)
    {
        ref var one = ref tape.Nodes[left];
        ref var two = ref tape.Nodes[right];
        return one.Name >= 0 && two.Name >= 0
            ? one.Name == two.Name && ((one.Flags ^ two.Flags) & FhirNodeFlags.Sibling) == FhirNodeFlags.None
            : FullName(tape, left).SequenceEqual(FullName(tape, right));
    }

    /// <summary>The name as written, underscore included, escapes resolved.</summary>
    private static ReadOnlySpan<byte> FullName(FhirTape tape, int index)
    {
        ref var node = ref tape.Nodes[index];
        var name = tape.Text.AsSpan(node.NameStart, node.NameLength);
        return (node.Flags & FhirNodeFlags.NameEscaped) == FhirNodeFlags.None ? name : JsonText.Unescape(name);
    }
}
