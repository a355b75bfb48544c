using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Json;

/// <summary>
/// Finds a property that occurs twice in one object. Names of R4 are ticked off in a table; the few others are compared
/// pairwise, or where there are many by sorted hashes, so that an object of a million properties costs no quadratic time.
/// </summary>
internal sealed class DuplicateNames
{
    /// <summary>Pairwise comparison of so many names is faster than hashing them.</summary>
    private const int Few = 24;

    [ThreadStatic]
    private static DuplicateNames? ofThread;

    /// <summary>For each name and its sibling, the last object it was seen in. Objects are numbered anew for each search, so nothing is cleared.</summary>
    private readonly int[] seenIn = new int[FhirNames.Count * 2];
    private int search;

    /// <summary>One thread reads one document at a time.</summary>
    public static DuplicateNames OfThread => ofThread ??= new DuplicateNames();

    /// <summary>The second of two equally named properties, or -1.</summary>
    public int FindIn(FhirTape tape, int parent)
    {
        if (search == int.MaxValue)
        {
            Array.Clear(seenIn);
            search = 0;
        }

        search++;
        var nodes = tape.Nodes;
        var others = 0;
        for (var child = nodes[parent].First; child >= 0; child = nodes[child].Next)
        {
            ref var node = ref nodes[child];
            if (node.Name < 0)
            {
                others++;
                continue;
            }

            ref var seen = ref seenIn[(node.Name * 2) + ((node.Flags & FhirNodeFlags.Sibling) == FhirNodeFlags.None ? 0 : 1)];
            if (seen == search)
            {
                return child;
            }

            seen = search;
        }

        return others switch
        {
            <= 1 => FhirNode.None,
            <= Few => FindByPairs(tape, parent),
            _ => FindByHash(tape, parent, others),
        };
    }

    private static int FindByPairs(FhirTape tape, int parent)
    {
        for (var child = NextOther(tape, tape.Nodes[parent].First); child >= 0; child = NextOther(tape, tape.Nodes[child].Next))
        {
            for (var before = NextOther(tape, tape.Nodes[parent].First); before != child; before = NextOther(tape, tape.Nodes[before].Next))
            {
                if (SameName(tape, child, before))
                {
                    return child;
                }
            }
        }

        return FhirNode.None;
    }

    private static int FindByHash(FhirTape tape, int parent, int count)
    {
        var keys = new long[count];
        var filled = 0;
        for (var child = NextOther(tape, tape.Nodes[parent].First); child >= 0; child = NextOther(tape, tape.Nodes[child].Next))
        {
            keys[filled++] = ((long)Hash(tape, child) << 32) | (uint)child;
        }

        Array.Sort(keys);
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

    /// <summary>This node or the first after it whose name is not of R4.</summary>
    private static int NextOther(FhirTape tape, int node)
    {
        while (node >= 0 && tape.Nodes[node].Name >= 0)
        {
            node = tape.Nodes[node].Next;
        }

        return node;
    }

    private static int Hash(FhirTape tape, int index)
    {
        // Seeded per process, so that colliding names cannot be chosen from outside.
        var hash = default(HashCode);
        hash.AddBytes(FullName(tape, index));
        return hash.ToHashCode();
    }

    private static bool SameName(FhirTape tape, int left, int right) => FullName(tape, left).SequenceEqual(FullName(tape, right));

    /// <summary>The name with escapes resolved.</summary>
    private static ReadOnlySpan<byte> FullName(FhirTape tape, int index)
    {
        ref var node = ref tape.Nodes[index];
        var name = tape.Text.AsSpan(node.NameStart, node.NameLength);
        return (node.Flags & FhirNodeFlags.NameEscaped) == FhirNodeFlags.None ? name : JsonText.Unescape(name);
    }
}
