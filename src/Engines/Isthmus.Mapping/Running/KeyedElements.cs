namespace Isthmus.Mapping.Running;

/// <summary>Repetitions that several segments write into, told apart by a value of those segments: <c>education[{OBX-4}]</c>.</summary>
internal sealed class KeyedElements
{
    private readonly List<(int Parent, int Name, int KeyStart, int KeyLength, int Node)> elements = [];
    private byte[] keys = new byte[256];
    private int keyLength;

    public void Clear()
    {
        elements.Clear();
        keyLength = 0;
    }

    /// <summary>The node of the element with that key; -1 if there is none. A resource has few of them.</summary>
    public int Find(int parent, int name, ReadOnlySpan<byte> key)
    {
        foreach (var element in elements)
        {
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
        elements.Add((parent, name, keyLength, key.Length, node));
        keyLength += key.Length;
    }
}
