namespace Isthmus.Mapping.Running;

/// <summary>Repetitions that several segments write into, told apart by a value of those segments: <c>education[{OBX-4}]</c>.</summary>
internal sealed class KeyedElements
{
    private readonly Dictionary<int, int> latest = [];
    private readonly List<(int Parent, int Name, int KeyStart, int KeyLength, int Node, int Before)> elements = [];
    private byte[] keys = new byte[256];
    private int keyLength;

    public void Clear()
    {
        latest.Clear();
        elements.Clear();
        keyLength = 0;
    }

    /// <summary>The node of the element with that key; -1 if there is none.</summary>
    public int Find(int parent, int name, ReadOnlySpan<byte> key)
    {
        for (var at = latest.GetValueOrDefault(HashOf(parent, name, key), -1); at >= 0; at = elements[at].Before)
        {
            var element = elements[at];
            if (element.Parent == parent && element.Name == name && keys.AsSpan(element.KeyStart, element.KeyLength).SequenceEqual(key))
            {
                return element.Node;
            }
        }

        return -1;
    }

    public void Add(int parent, int name, ReadOnlySpan<byte> key, int node)
    {
        if (keyLength + key.Length > keys.Length)
        {
            Array.Resize(ref keys, Math.Max(keys.Length * 2, keyLength + key.Length));
        }

        key.CopyTo(keys.AsSpan(keyLength));
        var hash = HashOf(parent, name, key);
        elements.Add((parent, name, keyLength, key.Length, node, latest.GetValueOrDefault(hash, -1)));
        latest[hash] = elements.Count - 1;
        keyLength += key.Length;
    }

    /// <summary>Seeded per process: keys come from outside.</summary>
    private static int HashOf(int parent, int name, ReadOnlySpan<byte> key)
    {
        var hash = default(HashCode);
        hash.Add(parent);
        hash.Add(name);
        hash.AddBytes(key);
        return hash.ToHashCode();
    }
}
