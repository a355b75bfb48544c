using System.Text;
using Isthmus.Fhir.Elements;

namespace Isthmus.Mapping.Running;

/// <summary>The resources of one translation: those that segments make, and those that values within them make.</summary>
internal sealed class ResourceTable(FhirBuilder builder)
{
    private const int FewestBuckets = 1024;

    /// <summary>Between the parts of a business key; no text of a message holds it.</summary>
    public const byte KeySeparator = 0x1F;

    private static readonly int IdName = FhirNames.IdOf("id"u8);
    private static readonly int ReferenceName = FhirNames.IdOf("reference"u8);

    private ResourceEntry[] entries = new ResourceEntry[64];
    private byte[] keys = new byte[4096];
    private int keyLength;
    private int[] buckets = new int[FewestBuckets];
    private int indexed;
    private readonly List<(int Element, int Resource)> later = [];
    private int[] firstOf = [];
    private int[] lastOf = [];

    public int Count { get; private set; }

    /// <summary>How many resources were compared with a key: what a test of linear work counts.</summary>
    public long Compared { get; private set; }

    /// <summary>The first resource of a definition; -1 if there is none.</summary>
    public int FirstOf(int definition) => definition < firstOf.Length ? firstOf[definition] : -1;

    public ref ResourceEntry this[int index] => ref entries[index];

    public void Clear()
    {
        Count = 0;
        keyLength = 0;
        indexed = 0;
        Compared = 0;
        later.Clear();
        buckets = buckets.Length > FewestBuckets ? new int[FewestBuckets] : buckets;
        Array.Fill(buckets, -1);
        Array.Fill(firstOf, -1);
    }

    public int Add(ResourceEntry entry)
    {
        if (Count == entries.Length)
        {
            Array.Resize(ref entries, entries.Length * 2);
        }

        entries[Count] = entry;
        entries[Count].NextOfDefinition = -1;
        entries[Count].ReferenceNode = -1;
        if (entry.Definition >= 0)
        {
            Chain(entry.Definition, Count);
        }

        return Count++;
    }

    public ReadOnlySpan<byte> KeyOf(int index) => keys.AsSpan(entries[index].KeyStart, entries[index].KeyLength);

    /// <summary>Room to compose a business key in; <see cref="Keep"/> gives it to a resource.</summary>
    public Span<byte> KeyRoom(int atLeast)
    {
        if (keys.Length - keyLength < atLeast)
        {
            Array.Resize(ref keys, Math.Max(keys.Length * 2, keyLength + atLeast));
        }

        return keys.AsSpan(keyLength);
    }

    public void Keep(int index, int length)
    {
        entries[index].KeyStart = keyLength;
        entries[index].KeyLength = length;
        keyLength += length;
    }

    /// <summary>Writes <c>Type/id</c> into a Reference element that has none yet.</summary>
    public void Refer(int element, int resource)
    {
        if (builder.Has(element, ReferenceName))
        {
            return;
        }

        ref var entry = ref entries[resource];
        if (entry.ReferenceNode >= 0)
        {
            builder.Again(element, entry.ReferenceNode);
            return;
        }

        var id = builder.LengthAt(entry.IdNode);
        var length = entry.Type.Length + 1 + id;
        var room = builder.Room(length);
        entry.Type.CopyTo(room);
        room[entry.Type.Length] = (byte)'/';
        builder.TextAt(entry.IdNode).CopyTo(room[(entry.Type.Length + 1)..]);
        entry.ReferenceNode = builder.Take(element, ReferenceName, repeats: false, length);
    }

    /// <summary>Refers to a resource whose business key, and with it its id, is not known yet.</summary>
    public void ReferLater(int element, int resource) => later.Add((element, resource));

    /// <summary>Writes the references that waited for ids.</summary>
    public void SettleReferences()
    {
        foreach (var (element, resource) in later)
        {
            Refer(element, resource);
        }
    }

    /// <summary>A place for an id right behind the resourceType; its characters are filled in when the business key is known.</summary>
    public int ReserveId(int node)
    {
        builder.Room(ResourceIds.Length)[..ResourceIds.Length].Fill((byte)'0');
        return builder.Take(node, IdName, repeats: false, ResourceIds.Length);
    }

    public int GiveId(int node, string id) => builder.String(node, IdName, Encoding.UTF8.GetBytes(id));

    /// <summary>Adds one part to the business key being composed; returns the key's length.</summary>
    public int AppendKey(int length, ReadOnlySpan<byte> part)
    {
        var room = KeyRoom(length + part.Length + 1);
        part.CopyTo(room[length..]);
        room[length + part.Length] = KeySeparator;
        return length + part.Length + 1;
    }

    /// <summary>The latest resource of that type and business key, or -1.</summary>
    public int Find(ReadOnlySpan<byte> type, ReadOnlySpan<byte> key)
    {
        var hash = HashOf(type, key);
        for (var index = buckets[hash & (buckets.Length - 1)]; index >= 0; index = entries[index].NextInBucket)
        {
            Compared++;
            if (entries[index].KeyHash == hash && type.SequenceEqual(entries[index].Type) && key.SequenceEqual(KeyOf(index)))
            {
                return index;
            }
        }

        return -1;
    }

    /// <summary>Makes a resource, whose key has been kept, findable.</summary>
    public void Index(int index)
    {
        if (++indexed > buckets.Length)
        {
            Widen();
        }

        entries[index].KeyHash = HashOf(entries[index].Type, KeyOf(index));
        entries[index].IsIndexed = true;
        Put(index);
    }

    private void Put(int index)
    {
        ref var bucket = ref buckets[entries[index].KeyHash & (buckets.Length - 1)];
        entries[index].NextInBucket = bucket;
        bucket = index;
    }

    /// <summary>Twice as many buckets, so that a message of ten thousand results does not look through ten of them for each.</summary>
    private void Widen()
    {
        buckets = new int[buckets.Length * 2];
        Array.Fill(buckets, -1);
        for (var index = 0; index < Count; index++)
        {
            if (entries[index].IsIndexed)
            {
                Put(index);
            }
        }
    }

    private void Chain(int definition, int index)
    {
        if (definition >= firstOf.Length)
        {
            var known = firstOf.Length;
            Array.Resize(ref firstOf, definition + 1);
            Array.Resize(ref lastOf, definition + 1);
            firstOf.AsSpan(known).Fill(-1);
        }

        _ = firstOf[definition] < 0 ? firstOf[definition] = index : entries[lastOf[definition]].NextOfDefinition = index;
        lastOf[definition] = index;
    }

    private static int HashOf(ReadOnlySpan<byte> type, ReadOnlySpan<byte> key)
    {
        // Seeded per process: keys come from outside.
        var hash = default(HashCode);
        hash.AddBytes(type);
        hash.AddBytes(key);
        return hash.ToHashCode();
    }
}

/// <summary>One resource.</summary>
internal struct ResourceEntry
{
    /// <summary>Its definition in the message map, or -1 if a value made it.</summary>
    public int Definition;

    public byte[] Type;

    /// <summary>Its root on the tape.</summary>
    public int Node;

    /// <summary>The node of its id, whose text is set once the business key is known.</summary>
    public int IdNode;

    /// <summary>The first <c>Type/id</c> that refers to it, whose text the others share; -1 until it is written.</summary>
    public int ReferenceNode;
    public int Group;
    public int Segment;
    public int Anchor;

    /// <summary>The next resource of the same group instance; -1 at the end.</summary>
    public int NextInGroup;

    /// <summary>The next resource of the same definition; -1 at the end.</summary>
    public int NextOfDefinition;
    public int NextInBucket;

    /// <summary>The hash of type and business key, once the resource is findable by them.</summary>
    public int KeyHash;
    public bool IsIndexed;
    public int KeyStart;
    public int KeyLength;

    /// <summary>How many resources of the same type and key came before.</summary>
    public int Ordinal;

    public int JsonStart;
    public int JsonLength;

    /// <summary>Nothing was written into it, so it is not part of the answer.</summary>
    public bool Dropped;
}
