namespace Isthmus.Fhir.Validation.Shapes;

/// <summary>Values by UTF-8 text, found without making a string. Grows by replacing its table, so that readers need no lock.</summary>
internal sealed class Utf8Table<T> where T : class
{
    private readonly Lock growing = new();
    private Entry?[] entries = new Entry?[16];
    private int count;

    public T? Find(ReadOnlySpan<byte> text)
    {
        var table = Volatile.Read(ref entries);
        var mask = table.Length - 1;
        for (var slot = (int)Hash(text) & mask; table[slot] is { } entry; slot = (slot + 1) & mask)
        {
            if (entry.Text.AsSpan().SequenceEqual(text))
            {
                return entry.Value;
            }
        }

        return null;
    }

    /// <summary>Adds a value unless its text has one already, and returns the one that counts.</summary>
    public T Add(ReadOnlySpan<byte> text, T value)
    {
        lock (growing)
        {
            if (Find(text) is { } before)
            {
                return before;
            }

            var table = new Entry?[(count + 1) * 2 > entries.Length ? entries.Length * 2 : entries.Length];
            foreach (var entry in entries)
            {
                if (entry is not null)
                {
                    Put(table, entry);
                }
            }

            Put(table, new Entry(text.ToArray(), value));
            count++;
            Volatile.Write(ref entries, table);
            return value;
        }
    }

    private static void Put(Entry?[] table, Entry entry)
    {
        var slot = (int)Hash(entry.Text) & (table.Length - 1);
        while (table[slot] is not null)
        {
            slot = (slot + 1) & (table.Length - 1);
        }

        table[slot] = entry;
    }

    private static uint Hash(ReadOnlySpan<byte> text)
    {
        // FNV-1a; only texts that the definitions know are added, so nobody can choose colliding ones.
        var hash = 2166136261u;
        foreach (var b in text)
        {
            hash = (hash ^ b) * 16777619u;
        }

        return hash ^ (hash >> 15);
    }

    private sealed record Entry(byte[] Text, T Value);
}
